"""Person, company, cohort and whole-list enrichment."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def stand_still(sandbox):
    sandbox.speed(0)


@pytest.fixture
def fintech(sandbox):
    return sandbox.list_id("Q3 Outbound – Fintech VPs")


def code(answer):
    return answer.status_code, answer.json()["error"]["code"]


def quote(caller, **wish):
    return caller.post("/credits/estimate", json=wish).json()["quote_id"]


def person(caller, list_id, **who):
    return caller.post("/enrichment/person", json={"lead_list_id": list_id, **who})


def status(caller, handle):
    return caller.get(f"/enrichment/status/{handle}").json()


def test_it_finds_one_person_and_writes_the_lead(sandbox, owner, empty):
    started = person(owner, empty, email="ada@example.com", enrichment_type="partial").json()
    assert (started["status"], started["credits_reserved"]) == ("pending", 1)
    assert started["poll_url"].startswith(f"{sandbox.origin}/api/v1/public/enrichment/status/")
    sandbox.advance(5)
    body = owner.get(started["poll_url"]).json()
    assert body["status"] == "completed"
    assert body["result"]["email"] == "ada@example.com"
    assert [lead["lead_id"] for lead in sandbox.leads(empty)] == [body["result"]["lead_id"]]
    assert len(sandbox.ledger("lead_added")) == 1


def test_it_tells_a_miss_by_an_empty_lead_id(sandbox, owner, empty):
    ids = [
        person(owner, empty, email=f"nobody{at}@example.com").json()["workflow_id"]
        for at in range(30)
    ]
    sandbox.advance(5)
    missed = [body for body in (status(owner, each) for each in ids) if body["failed"]]
    assert missed
    assert missed[0]["status"] == "completed"
    assert (missed[0]["result"]["status"], missed[0]["result"]["lead_id"]) == ("failed", "")
    assert (missed[0]["credits_charged"], missed[0]["credits_refunded"]) == (0, 1)


@pytest.mark.parametrize(
    "who",
    [
        {"linkedin_url": "https://www.linkedin.com/in/ada"},
        {"first_name": "Ada", "last_name": "Bell", "company_name": "Acme"},
        {"first_name": "Ada", "last_name": "Bell", "domain": "acme.example.com"},
    ],
)
def test_it_takes_every_identifier_of_a_person(owner, empty, who):
    assert person(owner, empty, **who).status_code == 200


def test_it_enriches_a_known_lead_in_place(sandbox, owner, fintech, empty):
    ids = [lead["lead_id"] for lead in sandbox.leads(fintech)[:5]]
    for lead_id in ids:
        assert person(owner, empty, person_id=lead_id).status_code == 200
    sandbox.advance(5)
    found = [lead["lead_id"] for lead in sandbox.leads(empty)]
    assert found
    assert set(found) <= set(ids)


def test_it_does_not_know_every_person(owner, empty):
    assert code(person(owner, empty, person_id="nope")) == (404, "not_found")


@pytest.mark.parametrize("who", [{}, {"first_name": "Ada", "last_name": "Bell"}])
def test_it_rejects_a_person_it_could_not_identify(owner, empty, who):
    assert person(owner, empty, **who).status_code == 422


def test_it_reads_the_legacy_phone_toggle(owner, empty):
    who = {"email": "ada@example.com", "include_phone": True}
    assert person(owner, empty, **who).json()["credits_reserved"] == 10
    assert person(owner, empty, **who, enrichment_type="full").json()["credits_reserved"] == 11


def test_it_answers_a_company_at_once_for_one_credit(sandbox, owner):
    body = owner.post("/enrichment/company", json={"domain": "kestrel.example.com"}).json()
    assert body["company"]["domain"] == "kestrel.example.com"
    assert body["credits_charged"] == 1
    assert sandbox.credits() == 120_399


def test_it_does_not_charge_for_a_company_it_does_not_know(sandbox, owner):
    answers = [
        owner.post("/enrichment/company", json={"company_name": f"Firm {at}"})
        for at in range(40)
    ]
    known = [answer for answer in answers if answer.status_code == 200]
    assert 0 < len(known) < 40
    assert sandbox.credits() == 120_400 - len(known)


def test_it_enriches_a_whole_list_under_its_quote(sandbox, owner, fintech):
    quote_id = quote(owner, tool="enrich_list", list_id=fintech, scope="full")
    wish = {"list_id": fintech, "scope": "full", "quote_id": quote_id}
    body = owner.post("/enrichment/bulk", json=wish).json()
    assert (body["status"], body["total_leads"]) == ("pending", 12)
    assert (body["estimated_cost"], body["credits_reserved"]) == (132, 132)
    sandbox.advance(60)
    assert status(owner, body["workflow_id"])["status"] == "completed"


def test_it_refuses_bulk_without_fitting_quote(owner, fintech, empty):
    other = quote(owner, tool="enrich_list", list_id=fintech, scope="partial")
    wish = {"list_id": fintech, "scope": "full", "quote_id": other}
    assert code(owner.post("/enrichment/bulk", json=wish)) == (400, "quote_mismatch")
    wish = {"list_id": empty, "quote_id": other}
    assert code(owner.post("/enrichment/bulk", json=wish)) == (400, "validation_error")
    assert owner.post("/enrichment/bulk", json={"list_id": fintech}).status_code == 422


def test_it_refuses_bulk_when_the_list_has_grown(sandbox, owner, fintech, empty):
    quote_id = quote(owner, tool="enrich_list", list_id=fintech)
    other = sandbox.leads(sandbox.list_id("DACH RevOps leaders"))[0]["lead_id"]
    owner.post(f"/lead-lists/{fintech}/leads", json={"lead_ids": [other]})
    wish = {"list_id": fintech, "quote_id": quote_id}
    assert code(owner.post("/enrichment/bulk", json=wish)) == (400, "spend_cap_exceeded")


@pytest.fixture
def cohort(owner, fintech):
    return owner.get(f"/lead-lists/{fintech}/leads").json()["task_id"]


def test_it_enriches_a_cohort_into_a_list(sandbox, owner, cohort, empty):
    points = ["Email", "Phone"]
    quote_id = quote(
        owner, tool="add_person_enrichments", task_id=cohort, data_points=points[::-1]
    )
    wish = {"task_id": cohort, "data_points": points, "quote_id": quote_id}
    body = owner.post("/enrichment/by-task", json={**wish, "lead_list_id": empty}).json()
    assert (body["entity_kind"], body["status"]) == ("person", "pending")
    assert (body["total_entities"], body["credits_reserved"]) == (12, 132)
    assert {each["status"] for each in body["results"]} == {"queued"}
    assert body["task_id"] == cohort
    sandbox.advance(60)
    assert status(owner, cohort)["status"] == "completed"
    assert len(sandbox.leads(empty)) == 12


def test_it_keeps_a_cohort_without_list_in_a_hidden_one(sandbox, owner, cohort):
    before = owner.get("/lead-lists").json()["total"]
    quote_id = quote(
        owner, tool="add_person_enrichments", task_id=cohort, data_points=["Email"]
    )
    wish = {"task_id": cohort, "data_points": ["Email"], "quote_id": quote_id}
    assert owner.post("/enrichment/by-task", json=wish).status_code == 200
    assert owner.get("/lead-lists").json()["total"] == before
    assert len(sandbox.leads(sandbox.list_id("MCP Results"))) == 12


def test_it_needs_a_quote_for_a_cohort(owner, cohort):
    wish = {"task_id": cohort, "data_points": ["Email"]}
    assert code(owner.post("/enrichment/by-task", json=wish)) == (400, "quote_required")


def test_it_refuses_a_company_data_point_for_people(owner, cohort):
    wish = {"task_id": cohort, "data_points": ["Revenue"]}
    assert code(owner.post("/enrichment/by-task", json=wish)) == (400, "validation_error")


def test_it_forgets_a_cohort_after_a_day(sandbox, owner, cohort):
    sandbox.advance(24 * 3600 + 1)
    wish = {"task_id": cohort, "data_points": ["Email"]}
    assert code(owner.post("/enrichment/by-task", json=wish)) == (404, "not_found")


def test_it_has_no_status_for_a_cohort_nobody_enriched(owner, cohort):
    assert owner.get(f"/enrichment/status/{cohort}").status_code == 404


def test_it_needs_the_write_scope(reader, empty):
    answer = person(reader, empty, email="ada@example.com")
    assert code(answer) == (403, "insufficient_scope")
