"""The control endpoints, for tests and demos only: no key, not counted, not in the ledger."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Query
from pydantic import Field

from sandbox import clock as clocks
from sandbox import errors, faults, leads, ledger, lists, seeding, wallet, workflows
from sandbox import switches as switchboard
from sandbox.auth import HOME
from sandbox.errors import ApiFault
from sandbox.faults import Fault
from sandbox.schemas.base import Closed
from sandbox.world import Size, World, current

api = NinjaAPI(title="Sandbox control", version="control", urls_namespace="control")
Reply = dict[str, Any]


class Faults(Closed):
    faults: list[Fault]
    clear: bool = Field(False, description="Forget what is scripted first.")


class Move(Closed):
    advance: float = Field(0.0, ge=0, description="Seconds, for both clocks.")
    speed: float | None = Field(None, ge=0, description="Of workflows; 0 stops them.")


class Reset(Closed):
    seed: int | None = None
    size: Size = "full"
    limits: bool = True
    speed: float = Field(1.0, ge=0)


NEW = Reset()


class Settings(Closed):
    """Only what is sent changes."""

    limits: bool | None = None
    per_key: int | None = None
    per_organization: int | None = None
    csv_import: bool | None = None
    reuse_status: Literal[200, 201] | None = None
    list_rows: int | None = None
    leads_per_second: float | None = Field(None, gt=0)
    credits: int | None = Field(None, ge=0, description="New balance of the owner's side.")
    protected_name: str | None = Field(None, description="New name of the protected lists.")


class NewList(Closed):
    name: str
    leads: int = Field(0, ge=0, le=100_000)
    owner: str = "user_owner"
    visibility: Literal["private", "organization", "shared"] = "private"
    folder_id: str | None = None
    enriched: float = Field(0.6, ge=0, le=1, description="Share of enriched leads.")
    times: int = Field(1, ge=1, le=1000, description="More than one: names get a number.")


class LeadChange(Closed):
    """What somebody changes of a lead in the service itself."""

    lead_id: str
    email: str | None = None
    phone: str | None = None
    title: str | None = None
    company: str | None = None


class End(Closed):
    workflow_id: str
    status: Literal["failed", "cancelled"] = "failed"


@api.post("/faults")
def script_faults(request: HttpRequest, payload: Faults) -> Reply:
    """Script the next matching calls; the answer lists what is waiting."""
    with current().store.transaction() as db:
        if payload.clear:
            db.execute("DELETE FROM faults")
        faults.script(db, payload.faults)
        return {"faults": faults.left(db)}


@api.post("/clock")
def move_clock(request: HttpRequest, payload: Move) -> Reply:
    """Advance the clock, or change how fast workflows run; settles what is due."""
    world = current()
    with world.store.transaction() as db:
        world.set_clock(db, world.clock.moved(advance=payload.advance, speed=payload.speed))
        workflows.tick(db, world.seed, world.clock)
    return _clock(world)


@api.get("/clock")
def read_clock(request: HttpRequest) -> Reply:
    return _clock(current())


@api.post("/reset")
def reset(request: HttpRequest, payload: Reset = NEW) -> Reply:
    """A new world; the ledger starts again at 1."""
    world = current()
    seed = world.seed if payload.seed is None else payload.seed
    world.reset(seed, payload.size, speed=payload.speed, limits=payload.limits)
    return {"seed": seed, "size": payload.size}


@api.post("/settings")
def change_settings(request: HttpRequest, payload: Settings) -> Reply:
    changes = payload.model_dump(exclude_none=True)
    credits = changes.pop("credits", None)
    protected_name = changes.pop("protected_name", None)
    with current().store.transaction() as db:
        switches = replace(switchboard.load(db), **changes)
        switchboard.save(db, switches)
        if "limits" in changes:
            db.execute("DELETE FROM windows")
        if protected_name is not None:
            db.execute("UPDATE lists SET name = ? WHERE is_protected", (protected_name,))
        if credits is not None:
            wallet.set_to(db, HOME.organization_id, credits)
        return {**asdict(switches), "credits": wallet.balance(db, HOME.organization_id)}


@api.post("/lists")
def add_lists(request: HttpRequest, payload: NewList) -> Reply:
    """Lists as a test needs them; no ledger entries."""
    world = current()
    with world.store.transaction() as db:
        ids = [
            seeding.add_list(
                db,
                world.seed,
                seeding.ListSeed(
                    name=payload.name if payload.times == 1 else f"{payload.name} {number}",
                    size=payload.leads,
                    owner=payload.owner,
                    visibility=payload.visibility,
                    folder_id=payload.folder_id,
                    enriched=payload.enriched,
                    created=world.clock.now,
                ),
            )
            for number in range(1, payload.times + 1)
        ]
    return {"list_ids": ids}


@api.get("/lists")
def read_lists(request: HttpRequest) -> Reply:
    """Every list of every organization, newest first, with its owner and counts."""
    with current().store.transaction() as db:
        rows = db.execute("SELECT * FROM lists ORDER BY seq DESC").fetchall()
        keys = ("organization_id", "owner_id", "visibility", "is_protected", "is_hidden")
        return {
            "lists": [
                {**lists.detail(db, row), **{key: row[key] for key in keys}} for row in rows
            ]
        }


@api.get("/lists/{list_id}/leads")
def read_leads(request: HttpRequest, list_id: str) -> Reply:
    """All leads of a list, in the order they came."""
    world = current()
    with world.store.transaction() as db:
        workflows.tick(db, world.seed, world.clock)
        rows, _ = leads.page(db, list_id, 0, 10**9)
    return {"leads": [dict(row) for row in rows]}


@api.post("/leads")
def change_lead(request: HttpRequest, payload: LeadChange) -> Reply:
    """Only what is sent changes; the API itself has no call for it."""
    changes = payload.model_dump(exclude={"lead_id"}, exclude_unset=True)
    with current().store.transaction() as db:
        return {"changed": leads.change(db, payload.lead_id, changes)}


@api.get("/workflows")
def read_workflows(request: HttpRequest) -> Reply:
    """The status of every workflow, oldest first."""
    world = current()
    with world.store.transaction() as db:
        workflows.tick(db, world.seed, world.clock)
        rows = db.execute("SELECT * FROM workflows ORDER BY started").fetchall()
    return {"workflows": [workflows.status(row) for row in rows]}


@api.get("/credits")
def read_credits(request: HttpRequest) -> Reply:
    """The balance of the owner's organization."""
    world = current()
    with world.store.transaction() as db:
        workflows.tick(db, world.seed, world.clock)
        return {"credits": wallet.balance(db, HOME.organization_id)}


@api.post("/workflows/end")
def end_workflow(request: HttpRequest, payload: End) -> Reply:
    """Let an open workflow fail or be cancelled now."""
    world = current()
    with world.store.transaction() as db:
        workflows.tick(db, world.seed, world.clock)
        workflows.end(db, world.clock, payload.workflow_id, payload.status)
    return {"workflow_id": payload.workflow_id, "status": payload.status}


@api.get("/ledger")
def read_ledger(
    request: HttpRequest,
    after: Annotated[int, Query(ge=0)] = 0,
    kind: str | None = None,
    limit: Annotated[int | None, Query(ge=1)] = None,
) -> HttpResponse:
    """Every effect after entry `after`, oldest first."""
    world = current()
    with world.store.transaction() as db:
        workflows.tick(db, world.seed, world.clock)
        text = ledger.as_json(db, after, kind, limit)
    return HttpResponse(text, content_type="application/json")


@api.exception_handler(ApiFault)
def refuse(request: HttpRequest, fault: ApiFault) -> HttpResponse:
    return errors.reply(fault, "req_control")


def _clock(world: World) -> Reply:
    return {
        "now": clocks.iso(world.clock.now),
        "epoch": world.clock.now,
        "work": world.clock.work,
        "speed": world.clock.speed,
    }
