"""Enrichment: one person, one company, a cohort, a whole list, and the status of each."""

from __future__ import annotations

from ninja import Router

from sandbox import (
    cohorts,
    companies,
    errors,
    leads,
    ledger,
    lists,
    operations,
    prices,
    quotes,
    wallet,
    workflows,
)
from sandbox.api.replies import Reply, enveloped, poll_url
from sandbox.auth import ApiRequest, require
from sandbox.outcomes import Identity
from sandbox.schemas.enrichment import (
    CompanyEnriched,
    EnrichByTask,
    EnrichCompany,
    EnrichList,
    EnrichPerson,
    ListStarted,
    PersonStarted,
    TaskStarted,
    WorkflowStatus,
)
from sandbox.workflows import Order

router = Router(tags=["Enrichment"])


@router.post("/enrichment/person", response={200: PersonStarted})
def enrich_person(request: ApiRequest, payload: EnrichPerson) -> Reply:
    """Look one person up; the contact is written to the list when it is found."""
    require(request, "enrich:write")
    lists.accessible(request, payload.lead_list_id)
    wanted = payload.enrichment_type or ("phone_only" if payload.include_phone else "partial")
    if payload.quote_id is not None:
        priced = operations.one_person(wanted)
        quotes.redeem(request, payload.quote_id, priced.operation, priced.cost)
    order = _person_order(request, payload, wanted)
    workflow_id = workflows.start(request, order)
    body = {
        "workflow_id": workflow_id,
        "status": "pending",
        "credits_reserved": order.most,
        "lead_list_id": payload.lead_list_id,
        "poll_url": poll_url(request, workflow_id),
    }
    return enveloped(request, body)


def _person_order(request: ApiRequest, payload: EnrichPerson, wanted: str) -> Order:
    if payload.person_id is not None:
        row = leads.by_id(request.db, request.organization_id, payload.person_id)
        if row is None:
            raise errors.not_found("The person")
        who = leads.identity(row)
        return Order("person", payload.lead_list_id, wanted, leads=[row["id"]], person=who)
    who = Identity(
        payload.first_name,
        payload.last_name,
        None,
        payload.email,
        payload.company_name,
        payload.domain,
        payload.linkedin_url,
    )
    return Order("person", payload.lead_list_id, wanted, person=who)


@router.post("/enrichment/company", response={200: CompanyEnriched})
def enrich_company(request: ApiRequest, payload: EnrichCompany) -> Reply:
    """One company record, at once, for one credit; 404 and free when there is none."""
    require(request, "enrich:write")
    wallet.check(request, 1)
    if payload.quote_id is not None:
        priced = operations.one_company()
        quotes.redeem(request, payload.quote_id, priced.operation, priced.cost)
    wanted = payload.domain or payload.company_id or payload.company_name
    company = companies.find(request.seed, wanted or payload.company_ticker or "")
    wallet.move(request.db, request.organization_id, -1)
    ledger.record(
        request.db, request.clock.now, "credits_charged", workflow_id=None, credits=1
    )
    return enveloped(request, {"company": company, "credits_charged": 1})


@router.post("/enrichment/by-task", response={200: TaskStarted})
def enrich_by_task(request: ApiRequest, payload: EnrichByTask) -> Reply:
    """Enrich the leads of a cohort handle; needs a quote of `add_person_enrichments`."""
    require(request, "enrich:write")
    cohort = cohorts.find(request, payload.task_id)
    entities = cohorts.members(cohort, payload.entity_ids)
    _check_points(payload.data_points)
    quote_id = quotes.require(payload.quote_id)
    priced = operations.by_task(
        payload.task_id, payload.data_points, payload.entity_ids, len(entities)
    )
    quotes.redeem(request, quote_id, priced.operation, priced.cost)
    order = _cohort_order(request, payload, entities)
    workflow_id = workflows.start(request, order)
    request.db.execute(
        "UPDATE cohorts SET workflow_id = ? WHERE task_id = ?", (workflow_id, payload.task_id)
    )
    body = {
        "entity_kind": "person",
        "workflow_id": workflow_id,
        "status": "pending",
        "total_entities": len(entities),
        "credits_reserved": order.most,
        "results": [{"entity_id": entity, "status": "queued"} for entity in entities],
    }
    return enveloped(request, body, task_id=payload.task_id)


def _check_points(points: list[str]) -> None:
    unknown = sorted(set(points) - prices.PERSON_POINTS)
    if unknown:
        raise errors.invalid(
            f"'{unknown[0]}' is not a data point of a person.",
            details={"unknown": unknown, "known": sorted(prices.PERSON_POINTS)},
        )


def _cohort_order(request: ApiRequest, payload: EnrichByTask, entities: list[str]) -> Order:
    """The leads join the named list, or the caller's hidden results list."""
    if payload.lead_list_id is not None:
        list_id: str = lists.accessible(request, payload.lead_list_id)["list_id"]
    else:
        list_id = lists.hidden_results(request)
    found = leads.reachable(request.db, request.organization_id, entities)
    ids = [found[entity] for entity in entities]
    leads.join(request.db, list_id, ids)
    return Order("by_task", list_id, prices.type_of_points(payload.data_points), leads=ids)


@router.post("/enrichment/bulk", response={200: ListStarted})
def enrich_list(request: ApiRequest, payload: EnrichList) -> Reply:
    """Enrich every lead of a list, under a quote of `enrich_list`."""
    require(request, "enrich:write")
    lists.accessible(request, payload.list_id)
    ids = leads.ids_of(request.db, payload.list_id)
    if not ids:
        raise errors.invalid("The list is empty.", fix="Add leads first.")
    wanted = prices.enrichment_type(payload.scope)
    priced = operations.enrich_list(payload.list_id, len(ids), wanted)
    quotes.redeem(request, payload.quote_id, priced.operation, priced.cost)
    order = Order("list", payload.list_id, wanted, leads=ids)
    workflow_id = workflows.start(request, order)
    body = {
        "workflow_id": workflow_id,
        "status": "pending",
        "total_leads": len(ids),
        "estimated_cost": priced.cost,
        "credits_reserved": order.most,
        "poll_url": poll_url(request, workflow_id),
    }
    return enveloped(request, body)


@router.get("/enrichment/status/{workflow_id}", response={200: WorkflowStatus})
def enrichment_status(request: ApiRequest, workflow_id: str) -> Reply:
    """Progress and billing of a workflow id or of an enriched cohort handle; free."""
    require(request, "enrich:read")
    row = workflows.of(request, workflow_id)
    return enveloped(request, workflows.status(row))
