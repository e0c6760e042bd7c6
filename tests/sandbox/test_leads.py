from __future__ import annotations

import pytest

COLUMNS = {
    "lead_id", "first_name", "last_name", "full_name", "email", "phone", "title", "company",
    "location", "linkedin_url", "provider",
}  # fmt: skip


@pytest.fixture
def fintech(sandbox):
    return sandbox.list_id("Q3 Outbound – Fintech VPs")


def page(caller, list_id, **query):
    return caller.get(f"/lead-lists/{list_id}/leads", params=query).json()


def test_it_answers_lead_rows_with_every_column(owner, fintech):
    body = page(owner, fintech)
    assert body["total"] == 12
    assert set(body["leads"][0]) == COLUMNS


def test_it_pages_through_every_lead_once(owner, fintech):
    seen, cursor = [], None
    while True:
        body = page(owner, fintech, limit=5, cursor=cursor)
        seen += [lead["lead_id"] for lead in body["leads"]]
        cursor = body["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 12


def test_it_answers_an_empty_list(owner, empty):
    body = page(owner, empty)
    assert (body["leads"], body["total"], body["cursor"]) == ([], 0, None)
    assert body["task_id"] is None


def test_it_gives_a_page_the_same_cohort_handle_twice(owner, fintech):
    first, second = page(owner, fintech)["task_id"], page(owner, fintech)["task_id"]
    assert first == second
    assert first.startswith("cl-task_")


def test_it_adds_leads_by_id_and_skips_members(sandbox, owner, fintech, empty):
    ids = [lead["lead_id"] for lead in page(owner, fintech, limit=3)["leads"]]
    owner.post(f"/lead-lists/{empty}/leads", json={"lead_ids": ids[:1]})
    body = owner.post(f"/lead-lists/{empty}/leads", json={"lead_ids": ids}).json()
    assert (body["added"], body["skipped_duplicates"], body["credits_charged"]) == (2, 1, 0)
    assert len(sandbox.ledger("lead_added")) == 3


def test_it_adds_a_whole_cohort(owner, fintech, empty):
    task_id = page(owner, fintech)["task_id"]
    body = owner.post(f"/lead-lists/{empty}/leads", json={"task_id": task_id}).json()
    assert body["added"] == 12


def test_it_adds_a_subset_of_a_cohort(owner, fintech, empty):
    cohort = page(owner, fintech)
    ids = [cohort["leads"][0]["lead_id"]]
    wish = {"task_id": cohort["task_id"], "entity_ids": ids}
    assert owner.post(f"/lead-lists/{empty}/leads", json=wish).json()["added"] == 1
    wish["entity_ids"] = ["someone else"]
    assert owner.post(f"/lead-lists/{empty}/leads", json=wish).status_code == 400


def test_it_answers_an_idempotency_key_once(sandbox, owner, fintech, empty):
    ids = [lead["lead_id"] for lead in page(owner, fintech, limit=3)["leads"]]
    wish = {"lead_ids": ids, "idempotency_key": "add-1"}
    first = owner.post(f"/lead-lists/{empty}/leads", json=wish).json()
    assert owner.post(f"/lead-lists/{empty}/leads", json=wish).json() == first
    assert len(sandbox.ledger("lead_added")) == 3


@pytest.mark.parametrize(
    "wish",
    [
        {},
        {"lead_ids": []},
        {"lead_ids": ["a"] * 1001},
        {"lead_ids": ["a"], "task_id": "cl-task_1"},
        {"lead_ids": ["a"], "entity_ids": ["a"]},
        {"lead_ids": ["a"], "idempotency_key": "k" * 129},
        {"filters": {}},
    ],
)
def test_it_rejects_a_wish_of_no_or_two_kinds(owner, empty, wish):
    assert owner.post(f"/lead-lists/{empty}/leads", json=wish).status_code == 422


def test_it_does_not_reach_leads_of_another_organization(sandbox, owner, empty):
    [theirs, _] = sandbox.leads(sandbox.list_id("Elsewhere prospects"))
    wish = {"lead_ids": [theirs["lead_id"]]}
    assert owner.post(f"/lead-lists/{empty}/leads", json=wish).status_code == 404


def test_it_removes_membership_only(sandbox, owner, fintech, empty):
    ids = [lead["lead_id"] for lead in page(owner, fintech, limit=2)["leads"]]
    wish = {"lead_ids": [*ids, "unknown"]}
    body = owner.delete(f"/lead-lists/{fintech}/leads", json=wish).json()
    assert body == {"list_id": fintech, "removed": 2}
    assert page(owner, fintech)["total"] == 10
    assert len(sandbox.ledger("lead_removed")) == 2
    added = owner.post(f"/lead-lists/{empty}/leads", json={"lead_ids": ids}).json()
    assert added["added"] == 2


def test_it_removes_at_most_100_leads_a_call(owner, fintech):
    wish = {"lead_ids": ["x"] * 101}
    assert owner.delete(f"/lead-lists/{fintech}/leads", json=wish).status_code == 422


def test_it_lets_leads_survive_their_list(sandbox, owner, fintech, empty):
    ids = [lead["lead_id"] for lead in page(owner, fintech)["leads"]]
    owner.delete(f"/lead-lists/{fintech}")
    added = owner.post(f"/lead-lists/{empty}/leads", json={"lead_ids": ids}).json()
    assert added["added"] == 12
