"""One short method for each endpoint of the API. (docs/api-contract.md)"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote

from cleanlist_api import records
from cleanlist_api.budget import Lane
from cleanlist_api.errors import BadReply, NotFound
from cleanlist_api.fields import Fields
from cleanlist_api.transport import Call, Patience, Transport

R = TypeVar("R")

LISTS_LIMIT = 100
LEADS_LIMIT = 500


class CleanlistClient:
    """Asks the API on behalf of one lane. Every method may raise any `ApiError`."""

    def __init__(self, transport: Transport, lane: Lane, patience: Patience) -> None:
        self._transport = transport
        self._lane = lane
        self._patience = patience

    # --- Workspace -----------------------------------------------------------

    def whoami(self) -> records.Whoami:
        """Whose key this is. A legacy key is answered 404 or 403: see `validate_key`."""
        return self._get(records.Whoami.parse, "/whoami")

    def validate_key(self) -> records.KeyCheck:
        """The legacy check of a key; only under /api/v1/public."""
        return self._get(records.KeyCheck.parse, "/auth/validate-key")

    def credits_balance(self) -> records.Balance:
        return self._get(records.Balance.parse, "/credits/balance")

    def estimate(
        self,
        tool: str,
        *,
        list_id: str | None = None,
        row_count: int | None = None,
        scope: str | None = None,
        enrichment_type: str | None = None,
        filters: Mapping[str, Any] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> records.Quote:
        """A signed price. Free, and no effect until the quote is used.

        An import's quote: tool "bulk_import_csv", `row_count` = rows, `enrichment_type`,
        `filters` {"list_id": …} (contract 3.1).
        """
        body = {
            "tool": tool,
            "list_id": list_id,
            "row_count": row_count,
            "scope": scope,
            "enrichment_type": enrichment_type,
            "filters": filters,
            "extra": extra,
        }
        return self._ask(records.Quote.parse, "POST", "/credits/estimate", body=_given(body))

    # --- Lists ---------------------------------------------------------------

    def lists_page(
        self,
        *,
        limit: int = LISTS_LIMIT,
        cursor: str | None = None,
        folder_id: str | None = None,
    ) -> records.ListPage:
        """One page of the lists this key may see, `limit` 1 to 100."""
        params = _given({"limit": limit, "cursor": cursor, "folder_id": folder_id})
        return self._get(records.ListPage.parse, "/lead-lists", params)

    def create_list(
        self, name: str, *, description: str | None = None, folder_id: str | None = None
    ) -> records.ListDetail:
        """Make a private list, or get the caller's own of that name (`reused`)."""
        body = _given({"name": name, "description": description, "folder_id": folder_id})
        return self._write(records.ListDetail.parse, "POST", "/lead-lists", body)

    def get_list(self, list_id: str) -> records.ListDetail:
        return self._get(records.ListDetail.parse, _list_path(list_id))

    def patch_list(self, list_id: str, **changes: str | None) -> records.ListDetail:
        """Change `name`, `description` (None clears) or `folder_id` (None takes it out)."""
        return self._write(records.ListDetail.parse, "PATCH", _list_path(list_id), changes)

    def delete_list(self, list_id: str) -> records.Deleted:
        """Delete a list for good. Its leads stay in the workspace."""
        return self._write(records.Deleted.parse, "DELETE", _list_path(list_id))

    # --- Leads ---------------------------------------------------------------

    def leads_page(
        self, list_id: str, *, limit: int = LEADS_LIMIT, cursor: str | None = None
    ) -> records.LeadPage:
        """One page of a list's leads, `limit` 1 to 500."""
        params = _given({"limit": limit, "cursor": cursor})
        return self._get(records.LeadPage.parse, f"{_list_path(list_id)}/leads", params)

    def add_leads(
        self, list_id: str, lead_ids: Sequence[str], idempotency_key: str
    ) -> records.Added:
        """Add 1 to 1,000 leads by id."""
        body = {"lead_ids": list(lead_ids), "idempotency_key": idempotency_key}
        path = f"{_list_path(list_id)}/leads"
        return self._write(records.Added.parse, "POST", path, body, repeatable=True)

    def remove_leads(self, list_id: str, lead_ids: Sequence[str]) -> records.Removed:
        """Take up to 100 leads out of a list; they stay in the workspace."""
        path = f"{_list_path(list_id)}/leads"
        body = {"lead_ids": list(lead_ids)}
        return self._write(records.Removed.parse, "DELETE", path, body)

    def import_csv(self, list_id: str, upload: records.CsvUpload) -> records.CsvResult:
        """Import one CSV of at most 600 rows and 150 KB. `dispatch_enrichment` is always sent.

        The key is replayed for 24 hours, across the organization: the same key on another
        list answers for the first.
        """
        body = {
            "csv_content_base64": base64.b64encode(upload.csv).decode("ascii"),
            "column_mapping": upload.column_mapping,
            "dispatch_enrichment": upload.dispatch_enrichment,
            "enrichment_type": upload.enrichment_type,
            "quote_id": upload.quote_id,
            "idempotency_key": upload.idempotency_key,
        }
        path = f"{_list_path(list_id)}/csv-import"
        parse = records.CsvResult.parse
        return self._write(parse, "POST", path, _given(body), repeatable=True)

    # --- Enrichment ----------------------------------------------------------

    def enrich_bulk(
        self, list_id: str, scope: str, quote_id: str
    ) -> records.EnrichmentStarted:
        """Enrich every lead of a list under a quote. `scope`: partial, full or phone-only."""
        body = {"list_id": list_id, "scope": scope, "quote_id": quote_id}
        return self._write(records.EnrichmentStarted.parse, "POST", "/enrichment/bulk", body)

    def enrichment_status(self, workflow_id: str) -> records.EnrichmentStatus:
        """How far a workflow is. Addressed by its id: a `poll_url` is never followed."""
        path = f"/enrichment/status/{_segment(workflow_id)}"
        return self._get(records.EnrichmentStatus.parse, path)

    # --- Sending -------------------------------------------------------------

    def _get(
        self, parse: Callable[[Fields], R], path: str, params: Mapping[str, Any] | None = None
    ) -> R:
        return self._ask(parse, "GET", path, params=params or {})

    def _write(
        self,
        parse: Callable[[Fields], R],
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        *,
        repeatable: bool = False,
    ) -> R:
        return self._ask(parse, method, path, body=body, is_write=True, repeatable=repeatable)

    def _ask(self, parse: Callable[[Fields], R], method: str, path: str, **parts: Any) -> R:
        call = Call(method, path, self._lane, self._patience, **parts)
        reply = self._transport.send(call)
        try:
            return parse(reply)
        except BadReply as error:
            error.outcome_unknown = call.is_write
            raise


def _given(body: Mapping[str, Any]) -> dict[str, Any]:
    """What is not None: the API's request models are closed and know no null here."""
    return {name: value for name, value in body.items() if value is not None}


def _list_path(list_id: str) -> str:
    return f"/lead-lists/{_segment(list_id)}"


def _segment(identifier: str) -> str:
    """One segment of a path. What would walk up the path is not an id of anything."""
    if not identifier.strip("."):
        raise NotFound("The Cleanlist API has nothing under this id.", code="not_found")
    return quote(identifier, safe="")
