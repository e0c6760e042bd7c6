from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest

from cleanlist_api import records
from cleanlist_api.errors import BadReply
from cleanlist_api.fields import Fields

LIST_ROW = {"list_id": "9c1f", "name": "Q3", "lead_count": 128}
# The least the API promises for each answer, by its record.
LEAST = {
    records.Whoami: {
        "organization_id": "org_1",
        "auth_type": "api_key",
        "tier": "pro",
        "scopes": ["lists:read"],
        "features": [],
    },
    records.KeyCheck: {"valid": True},
    records.Balance: {"organization_id": "org_1", "credits": 4820},
    records.Quote: {
        "quote_id": "qte_1",
        "expires_at": 1751404800,
        "estimated_cost": 500,
        "tool": "bulk_import_csv",
        "row_count": 500,
        "filter_hash": "none",
        "available_credits": 4820,
        "sufficient": True,
    },
    records.ListSummary: LIST_ROW,
    records.ListDetail: {**LIST_ROW, "enriched_count": 96},
    records.ListPage: {"lists": [LIST_ROW], "total": 14},
    records.Lead: {"lead_id": "lead_1"},
    records.LeadPage: {"list_id": "9c1f", "leads": [{"lead_id": "lead_1"}], "total": 1},
    records.Added: {"list_id": "9c1f", "added": 2, "skipped_duplicates": 0},
    records.Removed: {"list_id": "9c1f", "removed": 1},
    records.Deleted: {"list_id": "9c1f", "deleted": True},
    records.CsvResult: {
        "list_id": "9c1f",
        "rows_parsed": 500,
        "rows_imported": 488,
        "rows_skipped": 12,
    },
    records.EnrichmentStarted: {
        "workflow_id": "enrich-1",
        "status": "pending",
        "credits_reserved": 11,
        "total_leads": 1,
        "estimated_cost": 11,
    },
    records.EnrichmentStatus: {"workflow_id": "enrich-1", "status": "running"},
}
MISSING = [(record, name) for record, least in LEAST.items() for name in least]


@pytest.mark.parametrize("record", LEAST)
def test_it_parses_the_least_the_api_promises(record):
    assert isinstance(record.parse(Fields(LEAST[record])), record)


@pytest.mark.parametrize("record", LEAST)
def test_it_tolerates_fields_it_does_not_know(record):
    more = {**LEAST[record], "timestamp_ms": 1, "new_thing": {"deep": [1]}}
    assert record.parse(Fields(more)) == record.parse(Fields(LEAST[record]))


@pytest.mark.parametrize(("record", "name"), MISSING)
def test_it_names_the_field_that_is_missing(record, name):
    without = {key: value for key, value in LEAST[record].items() if key != name}
    with pytest.raises(BadReply) as refused:
        record.parse(Fields(without))
    assert refused.value.path == name


@pytest.mark.parametrize(("record", "name"), MISSING)
def test_it_names_the_field_of_the_wrong_type(record, name):
    with pytest.raises(BadReply) as refused:
        record.parse(Fields({**LEAST[record], name: object()}))
    assert refused.value.path == name


def test_it_names_the_row_of_a_fault():
    page = {"list_id": "9c1f", "leads": [{"lead_id": "a"}, {"lead_id": 5}], "total": 2}
    with pytest.raises(BadReply, match=r"leads\[1\]\.lead_id") as refused:
        records.LeadPage.parse(Fields(page))
    assert refused.value.path == "leads[1].lead_id"


@pytest.mark.parametrize("number", [2**63, 2**31, -1, 1.5, True, "7", float("nan")])
def test_it_takes_no_count_that_is_not_one(number):
    with pytest.raises(BadReply):
        records.ListSummary.parse(Fields({**LIST_ROW, "lead_count": number}))


def test_it_reads_the_fractional_credits_of_a_legacy_key():
    assert (
        records.Balance.parse(Fields({"organization_id": "o", "credits": 1234.5})).credits
        == 1234.5
    )


def test_it_reads_whole_credits_as_a_whole_number():
    balance = records.Balance.parse(Fields({"organization_id": "o", "credits": 12.0}))
    assert isinstance(balance.credits, int)


def test_it_reads_the_quotes_expiry_as_epoch_seconds():
    quote = records.Quote.parse(Fields(LEAST[records.Quote]))
    assert quote.expires_at == datetime(2025, 7, 1, 21, 20, tzinfo=UTC)


@pytest.mark.parametrize("moment", ["yesterday", 1e300, {}, True])
def test_it_refuses_a_time_that_is_none(moment):
    with pytest.raises(BadReply) as refused:
        records.ListSummary.parse(Fields({**LIST_ROW, "created_at": moment}))
    assert refused.value.path == "created_at"


def test_it_reads_a_naive_time_as_utc():
    row = records.ListSummary.parse(Fields({**LIST_ROW, "created_at": "2026-06-03T10:00:00"}))
    assert row.created_at == datetime(2026, 6, 3, 10, tzinfo=UTC)


def test_it_keeps_a_visibility_it_does_not_know():
    row = records.ListSummary.parse(Fields({**LIST_ROW, "visibility": "galactic"}))
    assert row.visibility == "galactic"


def test_it_reads_an_empty_cursor_as_the_last_page():
    page = records.ListPage.parse(Fields({"lists": [], "total": 0, "cursor": ""}))
    assert page.cursor is None


@pytest.mark.parametrize(
    ("status", "is_over"),
    [
        ("pending", False),
        ("running", False),
        ("paused by the moon", False),
        ("completed", True),
        ("failed", True),
        ("cancelled", True),
        ("completed_with_errors", True),
        ("terminated", True),
    ],
)
def test_it_knows_which_states_are_the_end(status, is_over):
    assert records.EnrichmentStatus("enrich-1", status).is_over is is_over


def test_it_reads_what_an_enrichment_found():
    status = records.EnrichmentStatus.parse(
        Fields(
            {
                "workflow_id": "enrich-1",
                "status": "completed",
                "progress": 100,
                "summary": {"emails_found": 1, "phones_found": 0},
                "credits_charged": 11,
                "credits_refunded": 0,
                "result": {"email_status": "valid"},
            }
        )
    )
    assert (status.emails_found, status.phones_found) == (1, 0)
    assert status.result == {"email_status": "valid"}


def test_it_makes_the_caller_of_an_import_say_whether_to_spend():
    fields = {field.name: field for field in dataclasses.fields(records.CsvUpload)}
    assert fields["dispatch_enrichment"].default is dataclasses.MISSING


@pytest.mark.parametrize("letter", ["\0", "\ud83d"])
def test_it_replaces_what_no_database_takes(letter):
    row = records.ListSummary.parse(Fields({**LIST_ROW, "name": f"Q3{letter}"}))
    assert row.name == "Q3\ufffd"


def test_it_cuts_a_name_without_end():
    row = records.ListSummary.parse(Fields({**LIST_ROW, "name": "x" * 10_000}))
    assert row.name == "x" * 200


def test_it_refuses_an_id_without_end():
    with pytest.raises(BadReply) as refused:
        records.ListSummary.parse(Fields({**LIST_ROW, "list_id": "x" * 101}))
    assert refused.value.path == "list_id"


NO_PATHS = [
    "",
    ".",
    "..",
    "a/b",
    "../v1/credits?x=#",
    "a\\b",
    "a\nb",
    "a\0b",
    "\ud83d",
    "\x85",
]


@pytest.mark.parametrize("odd", NO_PATHS)
@pytest.mark.parametrize(
    ("record", "name"),
    [
        (records.ListSummary, "list_id"),
        (records.ListSummary, "folder_id"),
        (records.ListDetail, "list_id"),
        (records.Lead, "lead_id"),
        (records.CsvResult, "workflow_id"),
        (records.EnrichmentStatus, "workflow_id"),
        (records.Whoami, "organization_id"),
    ],
)
def test_it_refuses_an_id_that_is_no_part_of_a_path(record, name, odd):
    with pytest.raises(BadReply) as refused:
        record.parse(Fields({**LEAST[record], name: odd}))
    assert refused.value.path == name


@pytest.mark.parametrize("odd", ["a b", "auth0|12", "ä", "9c1f:2", "...", "50%"])
def test_it_takes_an_id_that_is_only_odd(odd):
    assert records.ListSummary.parse(Fields({**LIST_ROW, "list_id": odd})).list_id == odd


def test_it_takes_a_quote_whatever_its_letters():
    quote = {**LEAST[records.Quote], "quote_id": "qte_1_17/+=="}
    assert records.Quote.parse(Fields(quote)).quote_id == "qte_1_17/+=="


@pytest.mark.parametrize(
    "moment",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "0001-01-01T00:00:00",
        "9999-12-31T23:59:59",
        253402300799,
    ],
)
def test_it_refuses_a_time_at_the_ends_of_the_calendar(moment):
    with pytest.raises(BadReply) as refused:
        records.ListSummary.parse(Fields({**LIST_ROW, "created_at": moment}))
    assert refused.value.path == "created_at"


def test_it_reads_a_time_of_any_zone_as_utc():
    row = {**LIST_ROW, "created_at": "2026-06-03T10:00:00+02:00"}
    created_at = records.ListSummary.parse(Fields(row)).created_at
    assert (created_at, created_at.tzinfo) == (datetime(2026, 6, 3, 8, tzinfo=UTC), UTC)


@pytest.mark.parametrize(
    "told", [{"duplicate_email": 2_000_000_000}, {"a": 11}, {"a": 12, "b": 1}]
)
def test_it_believes_no_reasons_that_do_not_add_up(told):
    result = records.CsvResult.parse(
        Fields({**LEAST[records.CsvResult], "skip_reasons": told})
    )
    assert result.skip_reasons == {}


def test_it_believes_reasons_that_add_up():
    told = {"duplicate_email": 10, "missing_required": 2}
    result = records.CsvResult.parse(
        Fields({**LEAST[records.CsvResult], "skip_reasons": told})
    )
    assert result.skip_reasons == told


def test_it_takes_another_spelling_of_cancelled_for_the_same():
    told = {**LEAST[records.EnrichmentStatus], "status": "canceled"}
    status = records.EnrichmentStatus.parse(Fields(told))
    assert (status.status, status.is_over) == ("cancelled", True)


@pytest.mark.parametrize(
    ("quote_id", "seconds"),
    [
        ("qte_v1_1751404500_ab12", 300),
        ("qte_v1_1751404710_ab12", 90),
        ("qte_forged", 300),
        ("qte_v1_1751404900_ab12", 300),
        ("qte_v1_17_ab12", 300),
    ],
)
def test_a_quote_lasts_as_long_as_the_api_gave_it(quote_id, seconds):
    """It expires at 1751404800 there; an id without a sensible time tells none."""
    quote = records.Quote.parse(Fields({**LEAST[records.Quote], "quote_id": quote_id}))
    assert quote.lifetime == timedelta(seconds=seconds)
