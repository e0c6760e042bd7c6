"""The leads of a list: page, add, remove."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from sandbox import answers, cohorts, cursors, errors, leads, ledger, lists
from sandbox.api.replies import Reply, enveloped
from sandbox.auth import ApiRequest, require
from sandbox.schemas.lead_lists import Added, AddLeads, LeadsPage, Removed, RemoveLeads

router = Router(tags=["Leads of a list"])


@router.get("/lead-lists/{list_id}/leads", response={200: LeadsPage})
def list_leads_in_list(
    request: ApiRequest,
    list_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: str | None = None,
) -> Reply:
    """One page, in the order the leads came; `task_id` is its cohort handle."""
    require(request, "lists:read")
    lists.accessible(request, list_id)
    scope = f"leads:{list_id}"
    after = cursors.read(request.seed, scope, cursor) or 0
    rows, more = leads.page(request.db, list_id, after, limit)
    body = {
        "list_id": list_id,
        "leads": [{name: row[name] for name in leads.COLUMNS} for row in rows],
        "total": lists.size(request.db, list_id),
        "cursor": None if more is None else cursors.make(request.seed, scope, more),
    }
    task_id = cohorts.make(request, list_id, [row["lead_id"] for row in rows])
    return enveloped(request, body, task_id=task_id)


@router.post("/lead-lists/{list_id}/leads", response={200: Added})
def add_leads_to_list(request: ApiRequest, list_id: str, payload: AddLeads) -> Reply:
    """Add leads of the workspace by id or by cohort; known members are skipped."""
    require(request, "lists:write")
    known = answers.recall(request, "add_leads", payload.idempotency_key)
    if known is not None:
        return known
    lists.accessible(request, list_id)
    wanted = list(dict.fromkeys(_wanted(request, payload)))
    found = leads.reachable(request.db, request.organization_id, wanted)
    if len(found) < len(wanted):
        raise errors.not_found("One of the leads")
    new = [lead for lead in wanted if not leads.is_member(request.db, list_id, found[lead])]
    leads.join(request.db, list_id, [found[lead] for lead in new])
    _tell(request, "lead_added", list_id, new)
    body: Reply = {
        "list_id": list_id,
        "added": len(new),
        "skipped_duplicates": len(wanted) - len(new),
        "created": 0 if payload.task_id else None,
        "credits_charged": 0,
    }
    answers.keep(request, "add_leads", payload.idempotency_key, body)
    return body


@router.delete("/lead-lists/{list_id}/leads", response={200: Removed})
def remove_leads_from_list(request: ApiRequest, list_id: str, payload: RemoveLeads) -> Reply:
    """Membership only: the leads stay in the workspace. Unknown ids are ignored."""
    require(request, "lists:write")
    lists.accessible(request, list_id)
    found = leads.reachable(request.db, request.organization_id, payload.lead_ids)
    gone = [
        lead_id for lead_id, lead in found.items() if leads.leave(request.db, list_id, lead)
    ]
    _tell(request, "lead_removed", list_id, gone)
    return {"list_id": list_id, "removed": len(gone)}


def _wanted(request: ApiRequest, payload: AddLeads) -> list[str]:
    if payload.task_id is None:
        return payload.lead_ids or []
    return cohorts.members(cohorts.find(request, payload.task_id), payload.entity_ids)


def _tell(request: ApiRequest, kind: str, list_id: str, lead_ids: list[str]) -> None:
    entries = ({"list_id": list_id, "lead_id": lead_id} for lead_id in lead_ids)
    ledger.record_all(request.db, request.clock.now, kind, entries)
