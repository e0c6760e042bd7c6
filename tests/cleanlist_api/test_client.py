from __future__ import annotations

import base64

import pytest

from cleanlist_api import records
from cleanlist_api.budget import Lane
from cleanlist_api.client import CleanlistClient
from cleanlist_api.errors import BadReply, NotFound
from cleanlist_api.fields import Fields
from cleanlist_api.transport import PAGE
from tests.cleanlist_api.test_records import LEAST

UPLOAD = records.CsvUpload(
    csv="first_name\nZoë\n".encode(),
    column_mapping={"first_name": "first_name"},
    dispatch_enrichment=False,
    enrichment_type=None,
    quote_id=None,
    idempotency_key="key-1",
)


class Recorder:
    """A transport that remembers the call and answers with a given object."""

    def __init__(self, answer):
        self.answer = answer
        self.call = None

    def send(self, call):
        self.call = call
        return Fields(self.answer)


def asked(record, ask):
    """Return the call that `ask` makes of the client."""
    recorder = Recorder(LEAST[record])
    answer = ask(CleanlistClient(recorder, Lane.PAGE, PAGE))
    assert isinstance(answer, record)
    return recorder.call


CALLS = [
    (records.Whoami, lambda api: api.whoami(), "GET", "/whoami"),
    (records.KeyCheck, lambda api: api.validate_key(), "GET", "/auth/validate-key"),
    (records.Balance, lambda api: api.credits_balance(), "GET", "/credits/balance"),
    (records.Quote, lambda api: api.estimate("enrich_list"), "POST", "/credits/estimate"),
    (records.ListPage, lambda api: api.lists_page(), "GET", "/lead-lists"),
    (records.ListDetail, lambda api: api.create_list("Q3"), "POST", "/lead-lists"),
    (records.ListDetail, lambda api: api.get_list("9c1f"), "GET", "/lead-lists/9c1f"),
    (records.ListDetail, lambda api: api.patch_list("9c1f"), "PATCH", "/lead-lists/9c1f"),
    (records.Deleted, lambda api: api.delete_list("9c1f"), "DELETE", "/lead-lists/9c1f"),
    (records.LeadPage, lambda api: api.leads_page("9c1f"), "GET", "/lead-lists/9c1f/leads"),
    (
        records.Added,
        lambda api: api.add_leads("9c1f", [], "k"),
        "POST",
        "/lead-lists/9c1f/leads",
    ),
    (
        records.Removed,
        lambda api: api.remove_leads("9c1f", []),
        "DELETE",
        "/lead-lists/9c1f/leads",
    ),
    (
        records.CsvResult,
        lambda api: api.import_csv("9c1f", UPLOAD),
        "POST",
        "/lead-lists/9c1f/csv-import",
    ),
    (
        records.EnrichmentStarted,
        lambda api: api.enrich_bulk("9c1f", "full", "qte_1"),
        "POST",
        "/enrichment/bulk",
    ),
    (
        records.EnrichmentStatus,
        lambda api: api.enrichment_status("enrich-1"),
        "GET",
        "/enrichment/status/enrich-1",
    ),
]


@pytest.mark.parametrize(("record", "ask", "method", "path"), CALLS)
def test_it_asks_the_right_endpoint(record, ask, method, path):
    call = asked(record, ask)
    assert (call.method, call.path, call.lane) == (method, path, Lane.PAGE)


@pytest.mark.parametrize(("record", "ask", "method", "path"), CALLS)
def test_it_marks_every_write_and_only_those(record, ask, method, path):
    is_write = method != "GET" and path != "/credits/estimate"
    assert asked(record, ask).is_write is is_write


@pytest.mark.parametrize(("record", "ask", "method", "path"), CALLS)
def test_it_calls_a_write_repeatable_only_with_a_key_in_it(record, ask, method, path):
    call = asked(record, ask)
    has_key = "idempotency_key" in (call.body or {})
    assert call.repeatable is (has_key or not call.is_write)


def test_it_always_says_whether_to_enrich():
    body = asked(records.CsvResult, lambda api: api.import_csv("9c1f", UPLOAD)).body
    assert body == {
        "csv_content_base64": base64.b64encode(UPLOAD.csv).decode(),
        "column_mapping": {"first_name": "first_name"},
        "dispatch_enrichment": False,
        "idempotency_key": "key-1",
    }


def test_it_leaves_out_what_was_not_given():
    call = asked(records.ListPage, lambda api: api.lists_page(cursor="abc"))
    assert call.params == {"limit": 100, "cursor": "abc"}


def test_it_sends_the_null_that_clears_a_description():
    call = asked(records.ListDetail, lambda api: api.patch_list("9c1f", description=None))
    assert call.body == {"description": None}


def test_it_keeps_an_id_in_its_place():
    call = asked(records.ListDetail, lambda api: api.get_list("a/../b?c#d"))
    assert call.path == "/lead-lists/a%2F..%2Fb%3Fc%23d"


@pytest.mark.parametrize("list_id", ["", ".", ".."])
def test_it_finds_nothing_under_an_id_that_walks_away(list_id):
    recorder = Recorder({})
    with pytest.raises(NotFound):
        CleanlistClient(recorder, Lane.PAGE, PAGE).get_list(list_id)
    assert recorder.call is None


@pytest.mark.parametrize(
    ("ask", "unknown"),
    [(lambda api: api.create_list("Q3"), True), (lambda api: api.get_list("9c1f"), False)],
)
def test_it_knows_whether_a_bad_reply_hides_an_effect(ask, unknown):
    with pytest.raises(BadReply) as bad:
        ask(CleanlistClient(Recorder({"list_id": "9c1f"}), Lane.PAGE, PAGE))
    assert (bad.value.path, bad.value.outcome_unknown) == ("name", unknown)


def test_it_brings_the_request_id_of_an_import():
    recorder = Recorder({**LEAST[records.CsvResult], "request_id": "req_1"})
    result = CleanlistClient(recorder, Lane.IMPORT, PAGE).import_csv("9c1f", UPLOAD)
    assert result.request_id == "req_1"
