"""Reserve, progress, settle: credits are charged once and always add up."""

from __future__ import annotations

import pytest

from tests.sandbox.conftest import people

START = 120_400


@pytest.fixture(autouse=True)
def stand_still(sandbox):
    """Workflows move only when a test advances the clock."""
    sandbox.speed(0)


@pytest.fixture
def workflow(import_csv):
    """The id of a workflow over 80 imported rows."""
    body = import_csv(people(80), dispatch_enrichment=True, enrichment_type="full").json()
    return body["workflow_id"]


def status(caller, handle):
    return caller.get(f"/enrichment/status/{handle}").json()


def total(sandbox, kind):
    return sum(entry["credits"] for entry in sandbox.ledger(kind))


def test_it_reserves_the_most_it_can_cost(sandbox, workflow):
    assert total(sandbox, "credits_reserved") == 880
    assert sandbox.credits() == START - 880


def test_it_begins_pending(owner, workflow):
    body = status(owner, workflow)
    assert body["status"] == "pending"
    assert (body["progress"], body["processed"], body["total"]) == (0, 0, 80)
    assert body["credits_charged"] is body["credits_refunded"] is body["refund_status"] is None


def test_it_runs_at_its_rate(sandbox, owner, workflow):
    sandbox.advance(2.01)
    body = status(owner, workflow)
    assert body["status"] == "running"
    assert (body["progress"], body["processed"]) == (50, 40)
    assert body["completed"] + body["failed"] == 40


def test_it_never_goes_back_and_ends_complete(sandbox, owner, workflow):
    seen = []
    for _ in range(8):
        sandbox.advance(0.5)
        seen.append(status(owner, workflow)["processed"])
    assert seen == sorted(seen)
    assert status(owner, workflow)["status"] == "completed"
    assert status(owner, workflow)["progress"] == 100


def test_it_charges_what_it_found_and_refunds_the_rest(sandbox, owner, workflow):
    sandbox.advance(60)
    body = status(owner, workflow)
    found = body["summary"]
    assert body["credits_charged"] == found["emails_found"] + 10 * found["phones_found"]
    assert body["credits_charged"] + body["credits_refunded"] == 880
    assert body["refund_status"] == "not_applicable"
    assert 0 < body["failed"] < 20


def test_it_settles_once_even_if_nobody_polls(sandbox, owner, workflow):
    sandbox.advance(60)
    balance = owner.get("/credits/balance").json()["credits"]
    for _ in range(3):
        status(owner, workflow)
    assert len(sandbox.ledger("credits_charged")) == 1
    assert len(sandbox.ledger("credits_refunded")) == 1
    assert balance == sandbox.credits() == START - total(sandbox, "credits_charged")


def test_it_adds_up_while_running(sandbox, owner, workflow):
    sandbox.advance(2)
    moved = total(sandbox, "credits_reserved") - total(sandbox, "credits_refunded")
    assert sandbox.credits() == START - moved


def test_it_fills_the_list_as_it_goes(sandbox, owner, import_csv, empty):
    rows = "".join(f"Ann{at},Bee,Acme\n" for at in range(40))
    body = import_csv(
        "first_name,last_name,company_name\n" + rows,
        dispatch_enrichment=True,
        enrichment_type="partial",
    ).json()
    assert owner.get(f"/lead-lists/{empty}").json()["enriched_count"] == 0
    sandbox.advance(1.51)
    half = owner.get(f"/lead-lists/{empty}").json()["enriched_count"]
    sandbox.advance(10)
    done = owner.get(f"/lead-lists/{empty}").json()["enriched_count"]
    assert 0 < half < done <= 40
    found = status(owner, body["workflow_id"])["summary"]["emails_found"]
    assert len([email for email in sandbox.emails(empty) if email]) == found == done


def test_it_finds_the_same_for_the_same_people(sandbox, owner, import_csv):
    summaries = []
    for _ in range(2):
        body = import_csv(people(50), dispatch_enrichment=True, enrichment_type="full").json()
        sandbox.advance(60)
        summaries.append(status(owner, body["workflow_id"])["summary"])
        sandbox.reset(speed=0)
        # The fixture's list has the same id: it is seeded.
    assert summaries[0] == summaries[1]


def test_it_is_not_found_by_another_organization(owner, stranger, workflow):
    assert stranger.get(f"/enrichment/status/{workflow}").status_code == 404
    assert owner.get("/enrichment/status/bulk-enrich-0").status_code == 404


def test_it_runs_faster_when_told(sandbox, owner, workflow):
    sandbox.speed(1000)
    sandbox.wait_for("credits_charged")
    assert status(owner, workflow)["status"] == "completed"


@pytest.mark.parametrize("end", ["failed", "cancelled"])
def test_it_can_end_early_with_a_refund_to_review(sandbox, owner, workflow, end):
    sandbox.advance(2)
    sandbox.end_workflow(workflow, end)
    body = status(owner, workflow)
    assert (body["status"], body["refund_status"]) == (end, "pending_review")
    assert body["refund_message"]
    assert body["credits_charged"] + body["credits_refunded"] == 880
    assert sandbox.credits() == START - body["credits_charged"]


def test_it_owes_no_review_when_nothing_was_charged(sandbox, owner, workflow):
    sandbox.end_workflow(workflow, "failed")
    body = status(owner, workflow)
    assert (body["credits_charged"], body["credits_refunded"]) == (0, 880)
    assert body["refund_status"] == "not_applicable"
