from __future__ import annotations

import pytest


def names(caller, **query):
    return [each["name"] for each in caller.get("/lead-lists", params=query).json()["lists"]]


def test_it_shows_own_shared_and_organization_lists(owner):
    assert names(owner) == [
        "Empty test list",
        "Q3 Outbound – Fintech VPs",
        "株式会社 prospects – Tokyo",
        "DACH RevOps leaders",
        "DEFAULT",
    ]


def test_it_shows_a_reader_only_what_the_organization_shares(reader):
    assert names(reader) == ["DACH RevOps leaders"]


def test_it_hides_a_private_list_of_a_teammate(sandbox, owner, teammate):
    list_id = sandbox.list_id("Teammate's private shortlist")
    assert owner.get(f"/lead-lists/{list_id}").status_code == 404
    assert owner.get(f"/lead-lists/{list_id}/leads").status_code == 404
    assert teammate.get(f"/lead-lists/{list_id}").status_code == 200


def test_it_hides_everything_from_a_stranger(sandbox, stranger):
    assert names(stranger) == ["Elsewhere prospects"]
    list_id = sandbox.list_id("DACH RevOps leaders")
    assert stranger.get(f"/lead-lists/{list_id}").status_code == 404


def test_it_summarizes_a_list(owner):
    entry = owner.get("/lead-lists").json()["lists"][1]
    assert entry["lead_count"] == 12
    assert entry["owner_name"] == "Olga Owner"
    assert entry["visibility"] == "private"
    assert entry["folder_id"] == "4b1f6c1e-0000-4000-8000-000000000001"
    assert entry["created_at"].endswith("Z")


def test_it_pages_through_every_list_once(sandbox, owner):
    sandbox.make_lists("Batch", 12)
    seen, cursor = [], None
    while True:
        page = owner.get("/lead-lists", params={"limit": 5, "cursor": cursor}).json()
        assert page["total"] == 17
        seen += [each["list_id"] for each in page["lists"]]
        cursor = page["cursor"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 17


def test_it_gives_no_cursor_on_a_last_full_page(owner):
    assert owner.get("/lead-lists", params={"limit": 5}).json()["cursor"] is None


def test_it_filters_by_folder(owner):
    folder = "4b1f6c1e-0000-4000-8000-000000000001"
    assert names(owner, folder_id=folder) == ["Q3 Outbound – Fintech VPs"]


@pytest.mark.parametrize("cursor", ["50", "", "AAAA", "é"])
def test_it_refuses_a_made_up_cursor(owner, cursor):
    answer = owner.get("/lead-lists", params={"cursor": cursor})
    assert answer.status_code == 400
    assert answer.json()["error"]["code"] == "invalid_cursor"


def test_it_refuses_the_cursor_of_another_listing(sandbox, owner, empty):
    list_id = sandbox.make_list("Pages", leads=3)
    page = owner.get(f"/lead-lists/{list_id}/leads", params={"limit": 1}).json()
    other = owner.get(f"/lead-lists/{empty}/leads", params={"cursor": page["cursor"]})
    assert other.status_code == 400


def test_it_creates_a_private_list(sandbox, owner):
    answer = owner.post("/lead-lists", json={"name": "Mine", "description": "For me"})
    assert answer.status_code == 201
    body = answer.json()
    assert (body["name"], body["description"], body["reused"]) == ("Mine", "For me", False)
    assert (body["lead_count"], body["enriched_count"]) == (0, 0)
    [entry] = sandbox.ledger("list_created")
    assert entry["list_id"] == body["list_id"]


def test_it_reuses_an_own_list_of_the_same_name(sandbox, owner, empty):
    answer = owner.post("/lead-lists", json={"name": "EMPTY test list"})
    assert answer.status_code == 200
    assert answer.json()["reused"] is True
    assert answer.json()["list_id"] == empty
    assert sandbox.ledger("list_created") == []


def test_it_never_reuses_a_list_of_a_teammate(owner):
    answer = owner.post("/lead-lists", json={"name": "DACH RevOps leaders"})
    assert answer.status_code == 201


def test_it_can_answer_reuse_with_201_for_the_sdk(sandbox, owner):
    sandbox.change(reuse_status=201)
    assert owner.post("/lead-lists", json={"name": "Empty test list"}).status_code == 201


@pytest.mark.parametrize("name", ["", "x" * 201])
def test_it_rejects_a_name_of_the_wrong_length(owner, name):
    assert owner.post("/lead-lists", json={"name": name}).status_code == 422


def test_it_rejects_a_folder_of_someone_else(owner):
    folder = "4b1f6c1e-0000-4000-8000-000000000003"
    answer = owner.post("/lead-lists", json={"name": "Mine", "folder_id": folder})
    assert answer.status_code == 404


def test_it_changes_only_what_is_sent(owner, sandbox):
    list_id = sandbox.list_id("Q3 Outbound – Fintech VPs")
    answer = owner.patch(f"/lead-lists/{list_id}", json={"name": "Q4"})
    assert answer.status_code == 200
    assert answer.json()["name"] == "Q4"
    assert answer.json()["description"].startswith("VP level")


def test_it_clears_what_is_sent_as_null(owner, sandbox):
    list_id = sandbox.list_id("Q3 Outbound – Fintech VPs")
    changes = {"description": None, "folder_id": None}
    body = owner.patch(f"/lead-lists/{list_id}", json=changes).json()
    assert (body["description"], body["folder_id"]) == (None, None)


@pytest.mark.parametrize("changes", [{}, {"name": None}, {"name": ""}, {"colour": "red"}])
def test_it_rejects_a_change_that_says_nothing(owner, empty, changes):
    assert owner.patch(f"/lead-lists/{empty}", json=changes).status_code == 422


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_it_keeps_a_protected_list_as_it_is(sandbox, owner, method):
    list_id = sandbox.list_id("DEFAULT")
    answer = getattr(owner, method)(f"/lead-lists/{list_id}", json={"name": "Mine"})
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "list_protected"


@pytest.mark.parametrize("method", ["patch", "delete"])
def test_it_lets_only_the_owner_change_a_list(sandbox, owner, method):
    list_id = sandbox.list_id("DACH RevOps leaders")
    answer = getattr(owner, method)(f"/lead-lists/{list_id}", json={"name": "Mine"})
    assert answer.status_code == 404


def test_it_deletes_a_list_once(sandbox, owner, empty):
    answer = owner.delete(f"/lead-lists/{empty}")
    assert (answer.status_code, answer.json()["deleted"]) == (200, True)
    assert owner.delete(f"/lead-lists/{empty}").status_code == 404
    assert [entry["list_id"] for entry in sandbox.ledger("list_deleted")] == [empty]


def test_it_can_rename_the_protected_lists(sandbox, owner):
    sandbox.change(protected_name="Extension Leads")
    assert "Extension Leads" in names(owner)
