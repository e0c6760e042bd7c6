"""Export: a signed link to a CSV, or JSON page by page."""

from __future__ import annotations

from typing import Annotated

from ninja import Query, Router

from sandbox import cursors, exports, leads, lists
from sandbox.api.replies import Reply, enveloped
from sandbox.auth import ApiRequest, require
from sandbox.clock import iso
from sandbox.schemas.export import CsvExported, ExportCsv, JsonExported

router = Router(tags=["Export"])


@router.post("/export/csv/signed-url", response={200: CsvExported})
def export_csv(request: ApiRequest, payload: ExportCsv) -> Reply:
    """A link that works for 24 hours without a key."""
    require(request, "export:read")
    lists.accessible(request, payload.list_id)
    columns = exports.check_columns(payload.columns)
    body, rows = exports.write_csv(request.db, payload.list_id, columns)
    path, expires = exports.keep(request, body)
    return {
        "list_id": payload.list_id,
        "download_url": request.build_absolute_uri(path),
        "expires_at": iso(expires),
        "row_count": rows,
        "file_size_bytes": len(body),
    }


@router.get("/export/json", response={200: JsonExported})
def export_json(
    request: ApiRequest,
    list_id: str,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
    cursor: str | None = None,
    columns: Annotated[list[str] | None, Query()] = None,
) -> Reply:
    """One page of leads, each with the columns asked for."""
    require(request, "export:read")
    lists.accessible(request, list_id)
    chosen = exports.check_columns(columns)
    scope = f"export:{list_id}"
    after = cursors.read(request.seed, scope, cursor) or 0
    rows, more = leads.page(request.db, list_id, after, limit)
    body = {
        "list_id": list_id,
        "leads": [exports.project(row, chosen) for row in rows],
        "total": lists.size(request.db, list_id),
        "cursor": None if more is None else cursors.make(request.seed, scope, more),
    }
    return enveloped(request, body)
