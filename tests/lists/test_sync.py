from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from lists import services, sync
from lists.models import KnownList
from lists.paging import Place

pytestmark = pytest.mark.django_db


def told(list_id: str) -> int | None:
    return KnownList.objects.get(pk=list_id).enriched_count


def without_detail() -> int:
    return KnownList.objects.filter(lead_count__gt=0, detail_at=None).count()


def test_it_learns_the_details_of_lists_a_person_saw(sandbox):
    list_id = sandbox.make_list("Seen", leads=10, enriched=0.4)
    services.lists_page(Place())
    missing = without_detail()

    assert sync.learn_details(limit=100) == missing > 0

    assert told(list_id) is not None
    assert without_detail() == 0


def test_it_learns_a_few_at_a_time(sandbox):
    sandbox.make_lists("Many", 9, leads=1)
    services.lists_page(Place())
    missing = without_detail()

    assert sync.learn_details(limit=2) == 2
    assert without_detail() == missing - 2


def test_it_asks_nothing_while_nobody_looks(sandbox):
    services.lists_page(Place())
    KnownList.objects.update(shown_at=timezone.now() - timedelta(minutes=11))
    calls = len(sandbox.calls())

    assert sync.learn_details() == 0
    assert len(sandbox.calls()) == calls


def test_it_learns_again_what_it_learned_ten_minutes_ago(sandbox):
    services.lists_page(Place())
    sync.learn_details(limit=100)
    KnownList.objects.update(detail_at=timezone.now() - timedelta(minutes=11))

    assert sync.learn_details(limit=1) == 1


def test_it_stops_the_round_when_the_api_is_down(sandbox, take_api_down):
    services.lists_page(Place())
    missing = without_detail()
    take_api_down()

    assert sync.learn_details() == 0
    assert without_detail() == missing


def test_it_notes_a_list_that_is_gone_and_goes_on(sandbox):
    gone = sandbox.make_list("Gone", leads=1)
    services.lists_page(Place())
    sandbox.client_for().delete(f"/lead-lists/{gone}")

    sync.learn_details(limit=100)

    assert KnownList.objects.get(pk=gone).gone_at
    assert not KnownList.objects.here().filter(lead_count__gt=0, detail_at=None).exists()


def test_it_does_not_walk_a_workspace_that_one_answer_holds(sandbox):
    services.lists_page(Place())

    assert not sync.walk_on()


def test_it_walks_a_large_workspace_page_by_page(sandbox):
    sandbox.make_lists("Batch", 240)
    total = services.lists_page(Place()).total

    assert [sync.walk_on() for _ in range(4)] == [True, True, True, False]

    assert KnownList.objects.here().count() == services.known_total() == total
    assert len(services.search_lists("batch 24", Place()).rows) > 0


def test_it_notes_what_the_walk_did_not_meet(sandbox):
    sandbox.make_lists("Batch", 120)
    services.lists_page(Place())
    KnownList.objects.create(pk="old", name="Old", seen_at=timezone.now() - timedelta(hours=1))

    while sync.walk_on():
        pass

    assert KnownList.objects.get(pk="old").gone_at


def test_it_keeps_its_place_when_the_api_fails_on_the_way(sandbox):
    sandbox.make_lists("Batch", 120)
    services.lists_page(Place())
    assert sync.walk_on()
    sandbox.fault("unavailable", path="lead-lists", times=1)

    assert not sync.walk_on()
    assert sync.walk_on()
    assert not sync.walk_on()


def test_it_walks_again_after_ten_minutes_of_looking(sandbox, time_machine):
    sandbox.make_lists("Batch", 120)
    services.lists_page(Place())
    while sync.walk_on():
        pass
    time_machine.move_to(timezone.now() + timedelta(minutes=11))
    services.lists_page(Place(), refresh=True)

    assert sync.walk_on()


def test_it_gives_up_a_walk_that_leads_back(sandbox):
    sandbox.make_lists("Batch", 120)
    services.lists_page(Place())
    row = {"list_id": "list-9", "name": "Nine", "lead_count": 1}
    page = {"lists": [row], "total": 121, "cursor": "SAME"}
    sandbox.fault("answer", path="lead-lists", status=200, body=page, times=9)

    assert [sync.walk_on() for _ in range(3)] == [True, False, False]

    assert not KnownList.objects.exclude(gone_at=None).exists()
