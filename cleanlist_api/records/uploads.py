"""One CSV on its way into a list, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass

from cleanlist_api.fields import LONGEST_ID, Fields


@dataclass(frozen=True, kw_only=True)
class CsvUpload:
    """What one csv-import call sends. `dispatch_enrichment` has no default here because the
    API's default spends credits. `column_mapping` is {canonical field: header of the CSV}."""

    csv: bytes
    column_mapping: dict[str, str]
    dispatch_enrichment: bool
    enrichment_type: str | None
    quote_id: str | None
    idempotency_key: str


@dataclass(frozen=True)
class CsvResult:
    """What became of one upload. Sample rows count the header as row 1 of that upload.

    `skip_reasons` {reason: rows} adds up to `rows_skipped`, or is empty: counts that do not
    say of which row they speak are not believed.
    """

    list_id: str
    rows_parsed: int
    rows_imported: int
    rows_skipped: int
    skip_reasons: dict[str, int]
    sample_skip_rows: tuple[int, ...]
    workflow_id: str | None
    enrichment_status_url: str | None
    idempotency_replayed: bool
    request_id: str | None

    @classmethod
    def parse(cls, reply: Fields) -> CsvResult:
        rows_skipped = reply.integer("rows_skipped")
        return cls(
            list_id=reply.identifier("list_id"),
            rows_parsed=reply.integer("rows_parsed"),
            rows_imported=reply.integer("rows_imported"),
            rows_skipped=rows_skipped,
            skip_reasons=_reasons(reply.counts("skip_reasons"), rows_skipped),
            sample_skip_rows=reply.integers("sample_skip_rows"),
            workflow_id=reply.optional_identifier("workflow_id"),
            enrichment_status_url=reply.optional_text("enrichment_status_url"),
            idempotency_replayed=reply.flag("idempotency_replayed", default=False),
            request_id=reply.optional_short_text("request_id", LONGEST_ID),
        )


def _reasons(told: dict[str, int], rows_skipped: int) -> dict[str, int]:
    return told if sum(told.values()) == rows_skipped else {}
