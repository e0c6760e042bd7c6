"""From an estimate request, or from a paid call, to the operation a quote is bound to."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox import cohorts, errors, lists, prices
from sandbox.auth import ApiRequest
from sandbox.quotes import Operation, canonical
from sandbox.schemas.workspace import EstimateRequest


@dataclass(frozen=True)
class Priced:
    operation: Operation
    cost: int
    target: dict[str, object] | None  # what `filter_hash` digests


def csv_import(list_id: str, rows: int, wanted: str) -> Priced:
    target: dict[str, object] = {"filters": {"list_id": list_id}}
    extra = canonical({"enrichment_type": wanted})
    operation = Operation("bulk_import_csv", canonical(target), rows, extra)
    return Priced(operation, prices.leads(rows, wanted), target)


def enrich_list(list_id: str, rows: int, wanted: str) -> Priced:
    target: dict[str, object] = {"list_id": list_id}
    extra = canonical({"enrichment_type": wanted})
    operation = Operation("enrich_list", canonical(target), rows, extra)
    return Priced(operation, prices.leads(rows, wanted), target)


def by_task(
    task_id: str, points: list[str], entity_ids: list[str] | None, rows: int
) -> Priced:
    target: dict[str, object] = {"task_id": task_id}
    subset = sorted(entity_ids) if entity_ids is not None else None
    extra = canonical({"data_points": sorted(points), "entity_ids": subset})
    operation = Operation("add_person_enrichments", canonical(target), rows, extra)
    return Priced(operation, prices.leads(rows, prices.type_of_points(points)), target)


def one_person(wanted: str) -> Priced:
    extra = canonical({"enrichment_type": wanted})
    operation = Operation("enrich_person", canonical(None), 1, extra)
    return Priced(operation, prices.leads(1, wanted), None)


def one_company() -> Priced:
    return Priced(Operation("enrich_company", canonical(None), 1, "{}"), 1, None)


def priced(request: ApiRequest, wish: EstimateRequest) -> Priced:
    """Price what an estimate asks for; 400 for an unknown tool or `extra` key."""
    _check_extra(wish)
    extra = wish.extra or {}
    wanted = prices.enrichment_type(
        wish.enrichment_type or wish.scope or ("phone_only" if wish.include_phone else None)
    )
    points = wish.data_points or extra.get("data_points") or []
    target, rows = _target(request, wish)
    match wish.tool:
        case "enrich_person":
            return one_person(wanted)
        case "enrich_company":
            return one_company()
        case "add_person_enrichments" if wish.task_id:
            return by_task(wish.task_id, points, wish.entity_ids, rows)
        case "enrich_list" | "bulk_import_csv":
            operation = Operation(
                wish.tool, canonical(target), rows, canonical({"enrichment_type": wanted})
            )
            return Priced(operation, prices.leads(rows, wanted), target)
    return _other(wish, target, rows)


def _other(wish: EstimateRequest, target: dict[str, object] | None, rows: int) -> Priced:
    """The tools whose paid call the sandbox does not serve: priced and bound."""
    extra = {
        "agent_type": wish.agent_type,
        "provider": wish.provider,
        "sub_action": wish.sub_action,
        "data_points": sorted(wish.data_points or []),
        **(wish.extra or {}),
    }
    cost = (
        prices.agent(rows, wish.agent_type)
        if wish.tool == "run_smart_agent"
        else prices.companies(rows)
        if wish.tool == "add_company_enrichments"
        else rows
    )
    return Priced(
        Operation(wish.tool, canonical(target), rows, canonical(extra)), cost, target
    )


def _target(
    request: ApiRequest, wish: EstimateRequest
) -> tuple[dict[str, object] | None, int]:
    """What is priced, and its rows: the list's or cohort's own count beats the caller's."""
    if wish.list_id is not None:
        row = lists.accessible(request, wish.list_id)
        return {"list_id": wish.list_id}, lists.size(request.db, row["list_id"])
    if wish.task_id is not None:
        cohort = cohorts.find(request, wish.task_id)
        return {"task_id": wish.task_id}, len(cohorts.members(cohort, wish.entity_ids))
    return ({"filters": wish.filters} if wish.filters else None), wish.row_count or 0


def _check_extra(wish: EstimateRequest) -> None:
    known = prices.TOOLS.get(wish.tool)
    if known is None:
        raise errors.invalid(
            f"'{wish.tool}' is not a tool with a price.",
            code="unknown_tool",
            details={"tools": sorted(prices.TOOLS)},
        )
    unknown = sorted(set(wish.extra or {}) - known)
    if unknown:
        raise errors.invalid(
            f"'{unknown[0]}' is not an extra key of {wish.tool}.",
            details={"unknown": unknown, "known": sorted(known)},
        )
