from __future__ import annotations

import pytest

from cleanlist_api.records import CsvResult
from imports.services.skipped_rows import UNNAMED, reason_of, reasons_of


def reply(skipped: int, reasons: dict[str, int]) -> CsvResult:
    return CsvResult(
        list_id="list-1",
        rows_parsed=40,
        rows_imported=40 - skipped,
        rows_skipped=skipped,
        skip_reasons=reasons,
        sample_skip_rows=(),
        workflow_id=None,
        enrichment_status_url=None,
        idempotency_replayed=False,
        request_id=None,
    )


@pytest.mark.parametrize(
    ("skipped", "reasons", "counted"),
    [
        (25, {"missing_required": 25}, {"missing_required": 25}),
        (25, {"missing_required": 20, "other": 5}, {"missing_required": 20, "other": 5}),
        (25, {"missing_required": 20}, {"missing_required": 20, UNNAMED: 5}),
        (25, {"missing_required": 700}, {UNNAMED: 25}),
        (25, {"missing_required": 30, "other": -5}, {UNNAMED: 25}),
        (25, {}, {UNNAMED: 25}),
        (0, {}, {}),
        (0, {"missing_required": 0}, {}),
        (0, {"missing_required": 3}, {}),
    ],
)
def test_reasons_add_up_to_the_rows_that_were_skipped(skipped, reasons, counted):
    assert reasons_of(reply(skipped, reasons)) == counted


def test_a_row_has_the_reason_of_its_call_where_there_is_one():
    assert reason_of({"missing_required": 25}) == "missing_required"


def test_a_row_has_no_reason_of_its_own_where_there_are_several():
    assert reason_of({"missing_required": 20, "other": 5}) == UNNAMED
