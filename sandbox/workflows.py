"""Enrichment workflows: reserve, progress with the clock, settle once.

Progress is a pure function of the work clock: `rate` leads a second after a short start.
`tick` brings every open workflow up to now before each call is answered, so nobody has to
poll for credits to settle; it writes each ledger entry exactly once.
"""

from __future__ import annotations

import json
import math
import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from sandbox import errors, leads, ledger, outcomes, prices, switches, wallet
from sandbox.auth import ApiRequest
from sandbox.clock import Clock
from sandbox.outcomes import Found, Identity

START_DELAY = 1.0
REVIEW = (
    "This run ended early after charging for what it had found. Support reviews such runs"
    " and refunds what was charged in error."
)


@dataclass(frozen=True)
class Order:
    """What a new workflow is to do: enrich stored leads, or look one person up."""

    kind: str  # csv_import, list, by_task, person
    list_id: str
    enrichment_type: str
    leads: Sequence[int] = ()
    person: Identity | None = None

    @property
    def total(self) -> int:
        return len(self.leads) if self.person is None else 1

    @property
    def most(self) -> int:
        return prices.leads(self.total, self.enrichment_type)


def start(request: ApiRequest, order: Order) -> str:
    """Reserve the most it can cost and begin; the new workflow's id."""
    wallet.check(request, order.most)
    word = "enrich" if order.kind == "person" else "bulk-enrich"
    workflow_id = f"{word}-{secrets.token_hex(12)}"
    request.db.execute(
        "INSERT INTO workflows (workflow_id, organization_id, kind, list_id, enrichment_type,"
        " total, rate, started, reserved, person) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            workflow_id,
            request.organization_id,
            order.kind,
            order.list_id,
            order.enrichment_type,
            order.total,
            switches.load(request.db).leads_per_second,
            request.clock.work,
            order.most,
            json.dumps(asdict(order.person)) if order.person else None,
        ),
    )
    request.db.executemany(
        "INSERT INTO workflow_leads VALUES (?, ?, ?)",
        [(workflow_id, place, lead) for place, lead in enumerate(order.leads)],
    )
    wallet.move(request.db, request.organization_id, -order.most)
    _tell_started(request, order, workflow_id)
    return workflow_id


def _tell_started(request: ApiRequest, order: Order, workflow_id: str) -> None:
    now = request.clock.now
    about = {"workflow_id": workflow_id, "credits": order.most}
    ledger.record(request.db, now, "credits_reserved", **about)
    ledger.record(
        request.db,
        now,
        "workflow_started",
        workflow_id=workflow_id,
        list_id=order.list_id,
        enrichment_type=order.enrichment_type,
        total=order.total,
    )


def tick(db: sqlite3.Connection, seed: int, clock: Clock) -> None:
    """Bring every open workflow up to the clock."""
    work = clock.work
    rows = db.execute("SELECT * FROM workflows WHERE status IN ('pending', 'running')")
    for row in rows.fetchall():
        age = work - row["started"] - START_DELAY
        due = min(row["total"], max(0, math.floor(age * row["rate"])))
        if due > row["processed"]:
            _advance(db, seed, clock, row, due)
        elif age >= 0 and row["status"] == "pending":
            _set(db, row["workflow_id"], status="running")


def end(db: sqlite3.Connection, clock: Clock, workflow_id: str, status: str) -> None:
    """Make a workflow end now as failed or cancelled, charged for what it found so far."""
    row = db.execute(
        "SELECT * FROM workflows WHERE workflow_id = ? AND status IN ('pending', 'running')",
        (workflow_id,),
    ).fetchone()
    if row is None:
        raise errors.not_found("The open workflow")
    _settle(db, clock, row, status)


def _advance(
    db: sqlite3.Connection, seed: int, clock: Clock, row: sqlite3.Row, due: int
) -> None:
    found = (
        [_look_up_person(db, seed, clock, row)]
        if row["person"]
        else _look_up_leads(db, seed, row, due)
    )
    hits = sum(not each.is_miss for each in found)
    _set(
        db,
        row["workflow_id"],
        status="running",
        processed=due,
        completed=row["completed"] + hits,
        failed=row["failed"] + len(found) - hits,
        emails_found=row["emails_found"] + sum(each.email is not None for each in found),
        phones_found=row["phones_found"] + sum(each.phone is not None for each in found),
    )
    if due == row["total"]:
        _settle(db, clock, _get(db, row["workflow_id"]), "completed")


def _look_up_leads(
    db: sqlite3.Connection, seed: int, row: sqlite3.Row, due: int
) -> list[Found]:
    batch = db.execute(
        "SELECT l.* FROM workflow_leads w JOIN leads l ON l.id = w.lead"
        " WHERE w.workflow_id = ? AND w.place >= ? AND w.place < ? ORDER BY w.place",
        (row["workflow_id"], row["processed"], due),
    ).fetchall()
    wanted = row["enrichment_type"]
    found = [outcomes.find(seed, wanted, leads.identity(lead)) for lead in batch]
    leads.enrich(db, [(each, lead["id"]) for each, lead in zip(found, batch, strict=True)])
    return found


def _look_up_person(
    db: sqlite3.Connection, seed: int, clock: Clock, row: sqlite3.Row
) -> Found:
    who = Identity(**json.loads(row["person"]))
    found = outcomes.find(seed, row["enrichment_type"], who)
    lead_id = "" if found.is_miss else _keep_person(db, seed, clock, row, who, found)
    result = {
        "lead_id": lead_id,
        "status": "failed" if found.is_miss else "completed",
        "full_name": who.full_name or f"{who.first_name or ''} {who.last_name or ''}".strip(),
        "first_name": who.first_name,
        "last_name": who.last_name,
        "email": found.email,
        "email_status": found.email_status,
        "phone": found.phone,
        "linkedin_url": found.linkedin_url or who.linkedin_url,
        "title": None,
        "company": who.company,
        "enrichment_type": row["enrichment_type"],
        "provider": None if found.is_miss else found.provider,
    }
    _set(db, row["workflow_id"], result=json.dumps(result))
    return found


def _keep_person(
    db: sqlite3.Connection,
    seed: int,
    clock: Clock,
    row: sqlite3.Row,
    who: Identity,
    found: Found,
) -> str:
    """Write the found person to the workflow's list; the lead's id."""
    known = db.execute(
        "SELECT l.id, l.lead_id FROM workflow_leads w JOIN leads l ON l.id = w.lead"
        " WHERE w.workflow_id = ?",
        (row["workflow_id"],),
    ).fetchone()
    if known is not None:
        leads.enrich(db, [(found, known["id"])])
        leads.join(db, row["list_id"], [known["id"]])
        return str(known["lead_id"])
    values = (
        who.first_name,
        who.last_name,
        who.full_name or f"{who.first_name or ''} {who.last_name or ''}".strip() or None,
        found.email or who.email,
        found.phone,
        None,
        who.company,
        None,
        found.linkedin_url or who.linkedin_url,
        found.provider,
        who.domain,
        1,
    )
    [lead] = leads.insert(db, seed, row["list_id"], row["organization_id"], [values])
    lead_id = leads.uuid_for(seed, "lead", lead)
    ledger.record(db, clock.now, "lead_added", list_id=row["list_id"], lead_id=lead_id)
    return lead_id


def _settle(db: sqlite3.Connection, clock: Clock, row: sqlite3.Row, status: str) -> None:
    """Charge what was found, give the rest back, and close the workflow."""
    charged = row["emails_found"] * prices.EMAIL + row["phones_found"] * prices.PHONE
    refunded = row["reserved"] - charged
    needs_review = status != "completed" and charged > 0
    _set(
        db,
        row["workflow_id"],
        status=status,
        charged=charged,
        refunded=refunded,
        refund_status="pending_review" if needs_review else "not_applicable",
        refund_message=REVIEW if needs_review else None,
    )
    wallet.move(db, row["organization_id"], refunded)
    about = {"workflow_id": row["workflow_id"]}
    ledger.record(db, clock.now, "credits_charged", **about, credits=charged)
    if refunded:
        ledger.record(db, clock.now, "credits_refunded", **about, credits=refunded)


def of(request: ApiRequest, handle: str) -> sqlite3.Row:
    """The workflow of an id or of a cohort handle; 404 for another organization's."""
    row: sqlite3.Row | None = request.db.execute(
        "SELECT * FROM workflows WHERE organization_id = :organization_id AND workflow_id ="
        " coalesce((SELECT workflow_id FROM cohorts WHERE task_id = :handle"
        " AND organization_id = :organization_id), :handle)",
        {"handle": handle, "organization_id": request.organization_id},
    ).fetchone()
    if row is None:
        raise errors.not_found("The workflow")
    return row


def status(row: sqlite3.Row) -> dict[str, object]:
    is_over = row["charged"] is not None
    return {
        "workflow_id": row["workflow_id"],
        "status": row["status"],
        "progress": 100 * row["processed"] // row["total"] if row["total"] else 100,
        "total": row["total"],
        "processed": row["processed"],
        "completed": row["completed"],
        "failed": row["failed"],
        "enrichment_type": row["enrichment_type"],
        "lead_list_id": row["list_id"],
        "summary": {"emails_found": row["emails_found"], "phones_found": row["phones_found"]},
        "refund_status": row["refund_status"],
        "refund_message": row["refund_message"],
        "result": json.loads(row["result"]) if row["result"] and is_over else None,
        "credits_charged": row["charged"],
        "credits_refunded": row["refunded"],
    }


def _get(db: sqlite3.Connection, workflow_id: str) -> sqlite3.Row:
    row: sqlite3.Row = db.execute(
        "SELECT * FROM workflows WHERE workflow_id = ?", (workflow_id,)
    ).fetchone()
    return row


def _set(db: sqlite3.Connection, workflow_id: str, **values: object) -> None:
    sets = ", ".join(f"{name} = :{name}" for name in values)
    db.execute(
        f"UPDATE workflows SET {sets} WHERE workflow_id = :workflow_id",  # noqa: S608
        {**values, "workflow_id": workflow_id},
    )
