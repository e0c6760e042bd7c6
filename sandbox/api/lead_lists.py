"""Lead lists: create, list, read, change, delete, and the CSV import."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from sandbox import (
    answers,
    cursors,
    errors,
    imports,
    leads,
    ledger,
    lists,
    operations,
    quotes,
    wallet,
    workflows,
)
from sandbox import switches as switchboard
from sandbox.api.replies import Reply, enveloped, status_path
from sandbox.auth import ApiRequest, require
from sandbox.imports import Parsed
from sandbox.schemas.lead_lists import (
    CreateList,
    CsvImport,
    CsvImported,
    Deleted,
    ListDetail,
    ListsPage,
    UpdateList,
)

router = Router(tags=["Lead lists"])


@router.post("/lead-lists", response={201: ListDetail, 200: ListDetail})
def create_list(request: ApiRequest, payload: CreateList) -> tuple[int, Reply]:
    """A new private list, or the caller's own list of the same name (200, `reused`)."""
    require(request, "lists:write")
    lists.check_folder(request, payload.folder_id)
    known = lists.own_by_name(request, payload.name)
    if known is not None:
        status = switchboard.load(request.db).reuse_status
        return status, enveloped(request, lists.detail(request.db, known, reused=True))
    list_id = lists.create(
        request, payload.name, description=payload.description, folder_id=payload.folder_id
    )
    now = request.clock.now
    ledger.record(request.db, now, "list_created", list_id=list_id, name=payload.name)
    return 201, _detail(request, list_id)


@router.get("/lead-lists", response={200: ListsPage})
def list_lists(
    request: ApiRequest,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    cursor: str | None = None,
    folder_id: str | None = None,
) -> Reply:
    """The lists the caller can see, newest first."""
    require(request, "lists:read")
    scope = f"lists:{request.person.user_id}:{folder_id}"
    before = cursors.read(request.seed, scope, cursor)
    rows, more, total = lists.page(request, folder_id, before, limit)
    body = {
        "lists": [lists.summary(row) for row in rows],
        "total": total,
        "cursor": None if more is None else cursors.make(request.seed, scope, more),
    }
    return enveloped(request, body)


@router.get("/lead-lists/{list_id}", response={200: ListDetail})
def get_list(request: ApiRequest, list_id: str) -> Reply:
    require(request, "lists:read")
    return _detail(request, list_id)


@router.patch("/lead-lists/{list_id}", response={200: ListDetail})
def update_list(request: ApiRequest, list_id: str, payload: UpdateList) -> Reply:
    """Change only what is sent; null clears description and folder."""
    require(request, "lists:write")
    lists.changeable(request, list_id)
    changes = payload.model_dump(include=payload.model_fields_set)
    lists.check_folder(request, changes.get("folder_id"))
    sets = ", ".join(f"{name} = :{name}" for name in changes)
    request.db.execute(
        f"UPDATE lists SET {sets} WHERE list_id = :list_id",  # noqa: S608  model fields only
        {**changes, "list_id": list_id},
    )
    return _detail(request, list_id)


@router.delete("/lead-lists/{list_id}", response={200: Deleted})
def delete_list(request: ApiRequest, list_id: str) -> Reply:
    """Memberships and shares go with it; the leads stay in the workspace."""
    require(request, "lists:write")
    lists.changeable(request, list_id)
    lists.delete(request.db, list_id)
    ledger.record(request.db, request.clock.now, "list_deleted", list_id=list_id)
    body = {"list_id": list_id, "deleted": True}
    return enveloped(request, body, message="List deleted.")


@router.post("/lead-lists/{list_id}/csv-import", response={201: CsvImported})
def csv_import(request: ApiRequest, list_id: str, payload: CsvImport) -> tuple[int, Reply]:
    """Import a CSV; the checks run in the documented order, the answer is kept last."""
    require(request, "lists:write")
    if payload.dispatch_enrichment:
        require(request, "enrich:write")
    switches = switchboard.load(request.db)
    if not switches.csv_import:
        raise errors.switched_off()
    known = answers.recall(request, "csv_import", payload.idempotency_key)
    if known is not None:
        return 201, {**known, "idempotency_replayed": True}
    lists.accessible(request, list_id)
    records = imports.decode(payload.csv_content_base64)
    room = switches.list_rows - lists.size(request.db, list_id)
    mapping = dict(payload.column_mapping)
    parsed = imports.judge(records, mapping, room)  # type: ignore[arg-type]
    _check_price(request, list_id, payload, parsed)
    body = _imported(request, list_id, parsed, payload)
    answers.keep(request, "csv_import", payload.idempotency_key, body)
    return 201, body


def _check_price(
    request: ApiRequest, list_id: str, payload: CsvImport, parsed: Parsed
) -> None:
    """Redeem the quote, when there is one, and see that the credits suffice."""
    wanted = payload.enrichment_type or "partial"
    priced = operations.csv_import(list_id, len(parsed.rows), wanted)
    if payload.quote_id is not None:
        quotes.redeem(request, payload.quote_id, priced.operation, priced.cost)
    if payload.dispatch_enrichment:
        wallet.check(request, priced.cost)


def _imported(request: ApiRequest, list_id: str, parsed: Parsed, payload: CsvImport) -> Reply:
    """Insert the rows, tell the ledger, start the enrichment; the answer."""
    values = [leads.values_of(row) for row in parsed.rows]
    ids = leads.insert(request.db, request.seed, list_id, request.organization_id, values)
    ledger.record_all(
        request.db,
        request.clock.now,
        "row_imported",
        (
            {"list_id": list_id, "email": row[3], "linkedin_url": row[8], "full_name": row[2]}
            for row in values
        ),
    )
    workflow_id = None
    if payload.dispatch_enrichment and ids:
        wanted = payload.enrichment_type or "partial"
        workflow_id = workflows.start(
            request, workflows.Order("csv_import", list_id, wanted, leads=ids)
        )
    body = {
        "list_id": list_id,
        "rows_parsed": parsed.rows_parsed,
        "rows_imported": len(ids),
        "rows_skipped": parsed.rows_parsed - len(ids),
        "skip_reasons": dict(parsed.skip_reasons),
        "sample_skip_rows": parsed.sample_skip_rows,
        "workflow_id": workflow_id,
        "enrichment_status_url": status_path(request, workflow_id) if workflow_id else None,
        "idempotency_replayed": False,
    }
    return enveloped(request, body)


def _detail(request: ApiRequest, list_id: str) -> Reply:
    row = lists.accessible(request, list_id)
    return enveloped(request, lists.detail(request.db, row))
