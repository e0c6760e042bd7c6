"""Every method against the sandbox, over a real socket."""

from __future__ import annotations

import pytest

from cleanlist_api import errors, records
from cleanlist_api.budget import Lane, Unlimited
from cleanlist_api.client import CleanlistClient
from cleanlist_api.transport import Patience, Transport
from tests.live_sandbox import OWNER, READER, STRANGER

ONCE = Patience(attempts=1, deadline=10.0)
CSV = b"first_name,last_name,company_name\nJane,Doe,Acme\nZo\xc3\xab,Roe,Globex\n,,\n"


@pytest.fixture
def api(sandbox):
    return connect(sandbox)


def connect(sandbox, key=OWNER, patience=ONCE, url=None):
    return CleanlistClient(
        Transport(url or sandbox.url, key, Unlimited()), Lane.IMPORT, patience
    )


def upload(key="key-1", **changes):
    known = {
        "csv": CSV,
        "column_mapping": {name: name for name in ("first_name", "last_name", "company_name")},
        "dispatch_enrichment": False,
        "enrichment_type": None,
        "quote_id": None,
        "idempotency_key": key,
    }
    return records.CsvUpload(**{**known, **changes})


def test_it_knows_itself(api):
    assert api.whoami().organization_id == api.credits_balance().organization_id


def test_it_speaks_to_either_prefix(sandbox):
    v2 = connect(sandbox, url=f"{sandbox.origin}/api/v2")
    assert v2.whoami() == connect(sandbox).whoami()


def test_it_checks_a_key_the_legacy_way(api):
    assert api.validate_key().valid


def test_it_makes_changes_and_deletes_a_list(api):
    made = api.create_list("Fintech VPs", description="Q3")
    assert api.patch_list(made.list_id, description=None).description is None
    assert api.get_list(made.list_id).name == "Fintech VPs"
    assert api.delete_list(made.list_id) == records.Deleted(made.list_id, True)
    with pytest.raises(errors.NotFound):
        api.get_list(made.list_id)


def test_it_gets_the_list_of_that_name_back(api):
    made = api.create_list("Fintech VPs")
    again = api.create_list("fintech vps")
    assert (again.list_id, again.reused) == (made.list_id, True)


def test_it_pages_through_the_lists(api, sandbox):
    sandbox.make_lists("More", 5)
    first = api.lists_page(limit=3)
    second = api.lists_page(limit=3, cursor=first.cursor)
    names = {row.list_id for row in first.lists} & {row.list_id for row in second.lists}
    assert (len(first.lists), len(second.lists), names) == (3, 3, set())


def test_it_pages_through_the_leads(api, sandbox):
    list_id = sandbox.make_list("Many", leads=7)
    first = api.leads_page(list_id, limit=5)
    second = api.leads_page(list_id, limit=5, cursor=first.cursor)
    assert (len(first.leads), len(second.leads), second.cursor) == (5, 2, None)


def test_it_adds_and_removes_leads(api, sandbox):
    source, target = sandbox.make_list("From", leads=3), sandbox.make_list("To")
    lead_ids = [lead.lead_id for lead in api.leads_page(source).leads]
    assert api.add_leads(target, lead_ids, "key-1").added == 3
    assert api.remove_leads(target, lead_ids[:1]).removed == 1


def test_it_imports_and_says_what_was_skipped(api, sandbox):
    result = api.import_csv(sandbox.make_list("New"), upload())
    assert (result.rows_parsed, result.rows_imported, result.rows_skipped) == (3, 2, 1)
    assert (result.skip_reasons, result.sample_skip_rows) == ({"missing_required": 1}, (4,))
    assert (result.workflow_id, result.idempotency_replayed) == (None, False)


def test_it_spends_nothing_unless_told_to(api, sandbox):
    api.import_csv(sandbox.make_list("New"), upload())
    assert sandbox.ledger("credits_reserved") == []


def test_it_follows_an_enrichment_to_its_end(api, sandbox):
    list_id = sandbox.make_list("New")
    quote = api.estimate(
        "bulk_import_csv",
        row_count=2,
        filters={"list_id": list_id},
        enrichment_type="partial",
    )
    result = api.import_csv(
        list_id,
        upload(dispatch_enrichment=True, enrichment_type="partial", quote_id=quote.quote_id),
    )
    sandbox.advance(3600)
    status = api.enrichment_status(result.workflow_id)
    assert (status.is_over, status.total, status.processed) == (True, 2, 2)
    assert status.credits_charged + (status.credits_refunded or 0) == quote.estimated_cost


def test_it_enriches_a_list_under_a_quote(api, sandbox):
    list_id = sandbox.make_list("Known", leads=3)
    quote = api.estimate("enrich_list", list_id=list_id, scope="phone-only")
    started = api.enrich_bulk(list_id, "phone-only", quote.quote_id)
    assert (started.total_leads, started.credits_reserved) == (3, 30)
    with pytest.raises(errors.QuoteRefused):
        api.enrich_bulk(list_id, "phone-only", quote.quote_id)


@pytest.mark.parametrize(
    ("changes", "kind"),
    [
        ({"column_mapping": {"first_name": "Vorname"}}, errors.MissingColumn),
        ({"csv": b"first_name\n" + b"x" * 200_000}, errors.TooLarge),
        ({"column_mapping": {"shoe_size": "first_name"}}, errors.Rejected),
        ({"csv": b""}, errors.ApiError),
    ],
)
def test_it_is_refused_an_upload(api, sandbox, changes, kind):
    with pytest.raises(kind) as refused:
        api.import_csv(sandbox.make_list("New"), upload(**changes))
    assert refused.value.outcome_unknown is False


def test_it_names_the_field_the_api_did_not_accept(api):
    with pytest.raises(errors.Rejected) as refused:
        api.create_list("x" * 300)
    assert list(refused.value.fields) == ["name"]


@pytest.mark.parametrize(
    ("key", "kind"),
    [
        ("clapi_sandbox_nobody", errors.NotSignedIn),
        (READER, errors.NotAllowed),
    ],
)
def test_it_may_not_write_with_every_key(sandbox, key, kind):
    with pytest.raises(kind) as refused:
        connect(sandbox, key).create_list("Mine")
    assert refused.value.request_id


def test_it_does_not_see_what_belongs_to_others(sandbox):
    list_id = sandbox.make_list("Ours")
    with pytest.raises(errors.NotFound):
        connect(sandbox, STRANGER).get_list(list_id)


def test_it_imports_once_although_the_answer_was_lost(sandbox):
    sandbox.fault("cut_after", path="csv-import")
    list_id = sandbox.make_list("New")
    api = connect(sandbox, patience=Patience(attempts=2, deadline=10.0))
    result = api.import_csv(list_id, upload())
    assert (result.idempotency_replayed, len(sandbox.ledger("row_imported"))) == (True, 2)


@pytest.mark.parametrize(
    "kind",
    [
        *["cut_after", "cut_middle", "garbage", "truncated", "wrong_shape", "huge"],
        *["error_after", "server_error", "html", "redirect"],
    ],
)
def test_it_says_that_it_does_not_know(api, sandbox, kind):
    sandbox.fault(kind)
    with pytest.raises(errors.ApiError) as lost:
        api.create_list("Maybe")
    assert lost.value.outcome_unknown


@pytest.mark.parametrize(
    "kind",
    [
        "server_error",
        "unavailable",
        "cut_before",
        "cut_middle",
        "truncated",
        "garbage",
        "html",
    ],
)
def test_it_gets_over_a_fault(sandbox, kind):
    sandbox.fault(kind)
    api = connect(sandbox, patience=Patience(attempts=2, deadline=10.0))
    assert api.credits_balance().credits == sandbox.credits()
