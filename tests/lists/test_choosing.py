from __future__ import annotations

import pytest

from lists.choosing import FOUND, NEWEST, learn_newest, list_choices, list_known_as, list_named
from lists.models import KnownList

pytestmark = pytest.mark.django_db


@pytest.fixture
def many(sandbox):
    learn_newest()
    return KnownList.objects.bulk_create(
        KnownList(list_id=f"l{n}", name=f"Étude {n}", folded_name=f"étude {n}")
        for n in range(FOUND + 5)
    )


def test_it_offers_the_newest_lists(sandbox):
    for n in range(NEWEST + 1):
        sandbox.make_list(f"Spring {n}")

    choices = list_choices()

    made = [row.created_at for row in choices.lists]
    known = KnownList.objects.values_list("created_at", flat=True)
    assert made == sorted(known, reverse=True)[:NEWEST]
    assert (len(made), choices.total) == (NEWEST, KnownList.objects.count())


def test_it_asks_the_api_once_for_many_looks(sandbox):
    for find in ("", "spring", "autumn"):
        list_choices(find)
    list_named("Spring")

    assert len(sandbox.calls("lead-lists")) == 1


def test_it_finds_by_a_part_of_the_name_whatever_its_case(many):
    choices = list_choices(" ÉTUDE 54 ")

    assert [row.pk for row in choices.lists] == ["l54"]
    assert choices.total == 1


def test_it_gives_at_most_fifty_and_says_how_many_there_are(many):
    choices = list_choices("étude")

    assert (len(choices.lists), choices.total) == (FOUND, FOUND + 5)


def test_it_offers_no_list_that_is_gone(many):
    KnownList.objects.filter(pk="l54").update(gone_at="2026-01-01T00:00Z")

    assert not list_choices("étude 54").lists
    assert list_named("Étude 54") is None
    assert list_known_as("l54") is None


def test_it_knows_a_list_by_its_whole_name_only(many):
    named = list_named("étude 5")

    assert named is not None
    assert named.pk == "l5"
    assert list_named("étude") is None
