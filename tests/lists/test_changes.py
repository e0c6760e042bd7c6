from __future__ import annotations

import pytest

from cleanlist_api.errors import ListProtected, NotFound, Unreachable
from lists import changes, services
from lists.models import KnownList
from lists.paging import Place
from people.models import AuditEntry

pytestmark = pytest.mark.django_db


def trail() -> list[tuple[str, str]]:
    return list(AuditEntry.objects.values_list("action", "subject"))


def test_it_makes_a_list(sandbox, alice):
    made = changes.create_list(alice, "Fresh", "Why it is here")

    assert not made.reused
    told = sandbox.client_for().get(f"/lead-lists/{made.list_id}").json()
    assert (told["name"], told["description"]) == ("Fresh", "Why it is here")
    assert trail() == [("created list", "Fresh")]


def test_it_shows_a_new_list_at_once(sandbox, alice):
    services.lists_page(Place())

    changes.create_list(alice, "Fresh")

    assert "Fresh" in [row.name for row in services.lists_page(Place()).rows]


def test_it_finds_the_list_of_the_same_name_when_sent_twice(sandbox, alice):
    first = changes.create_list(alice, "Fresh")
    second = changes.create_list(alice, "FRESH")

    assert second.reused and second.list_id == first.list_id
    assert len(sandbox.ledger("list_created")) == 1
    assert trail() == [("created list", "Fresh")]


def test_it_changes_name_and_description(sandbox, alice):
    list_id = sandbox.make_list("Old name")

    changes.change_list(alice, list_id, name="New name", description="Now described")

    told = sandbox.client_for().get(f"/lead-lists/{list_id}").json()
    assert (told["name"], told["description"]) == ("New name", "Now described")
    assert services.list_name(list_id) == "New name"
    assert trail() == [("changed list", "New name")]


def test_it_clears_a_description(sandbox, alice):
    made = changes.create_list(alice, "Described", "Something")

    changes.change_list(alice, made.list_id, name="Described", description="")

    assert (
        sandbox.client_for().get(f"/lead-lists/{made.list_id}").json()["description"] is None
    )


def test_it_deletes_a_list(sandbox, alice):
    list_id = sandbox.make_list("Unwanted", leads=2)
    services.lists_page(Place())

    assert changes.delete_list(alice, list_id)

    assert sandbox.client_for().get(f"/lead-lists/{list_id}").status_code == 404
    assert not services.search_lists("Unwanted", Place()).rows
    assert trail() == [("deleted list", "Unwanted")]


def test_it_deletes_once_however_often_pressed(sandbox, alice):
    list_id = sandbox.make_list("Unwanted")
    services.lists_page(Place())
    changes.delete_list(alice, list_id)

    assert not changes.delete_list(alice, list_id)
    assert len(trail()) == 1


def test_it_learns_that_a_list_is_protected(sandbox, alice):
    services.lists_page(Place())
    list_id = sandbox.list_id("DEFAULT")

    with pytest.raises(ListProtected):
        changes.delete_list(alice, list_id)

    assert KnownList.objects.get(pk=list_id).is_protected
    assert trail() == []


def test_it_leaves_a_teammates_list_alone(sandbox, alice):
    list_id = sandbox.make_list("Theirs", owner="user_teammate", visibility="organization")
    services.lists_page(Place())

    with pytest.raises(NotFound):
        changes.change_list(alice, list_id, name="Mine", description="")
    with pytest.raises(NotFound):
        changes.delete_list(alice, list_id)

    assert KnownList.objects.get(pk=list_id).gone_at is None
    assert trail() == []


def test_it_does_not_send_a_change_again_whose_outcome_is_unknown(sandbox, alice):
    list_id = sandbox.make_list("Cut")
    sandbox.fault("cut_after", method="PATCH")

    with pytest.raises(Unreachable) as caught:
        changes.change_list(alice, list_id, name="Cut off", description="")

    assert caught.value.outcome_unknown
    assert services.list_detail(list_id).known.name == "Cut off"
