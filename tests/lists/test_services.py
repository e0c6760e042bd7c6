from __future__ import annotations

import pytest
from django.core.cache import cache

from cleanlist_api.errors import NotFound, Unreachable
from lists import services
from lists.models import KnownList, ListVisit
from lists.paging import Place

pytestmark = pytest.mark.django_db


def names(page) -> list[str]:
    return [row.name for row in page.rows]


def walk(place: Place | None, read) -> list:
    rows = []
    while place:
        page = read(place)
        rows += page.rows
        place = page.older
    return rows


def test_it_shows_the_lists_the_key_may_see_in_the_apis_order(sandbox):
    page = services.lists_page(Place())

    seen = sandbox.client_for().get("/lead-lists").json()["lists"]
    assert names(page) == [row["name"] for row in seen]
    assert (page.total, page.problem) == (len(seen), None)


def test_it_asks_the_api_once_for_many_pages_of_a_block(sandbox):
    sandbox.make_lists("Batch", 60)
    shown = walk(Place(size=25), lambda place: services.lists_page(place, browsing=True))

    assert len({row.pk for row in shown}) == len(shown) > 60
    assert len(sandbox.calls("lead-lists")) == 1


def test_it_shows_every_list_once_over_several_blocks(sandbox):
    sandbox.make_lists("Batch", 230)

    shown = walk(Place(size=50), lambda place: services.lists_page(place, browsing=True))

    total = services.lists_page(Place()).total
    assert len({row.pk for row in shown}) == len(shown) == total
    assert len(sandbox.calls("lead-lists")) == 3


def test_it_asks_again_when_told_to_refresh(sandbox):
    services.lists_page(Place())
    sandbox.make_list("Brand new")

    assert "Brand new" not in names(services.lists_page(Place()))
    assert "Brand new" in names(services.lists_page(Place(), refresh=True))


def test_it_shows_one_folder(sandbox):
    list_id = sandbox.make_list("Filed", folder_id=None)
    folder = next(row["folder_id"] for row in sandbox.lists() if row["folder_id"])

    page = services.lists_page(Place(), folder_id=folder)

    assert page.rows and {row.folder_id for row in page.rows} == {folder}
    assert list_id not in {row.pk for row in page.rows}


def test_it_shows_what_it_last_read_when_the_api_is_down(sandbox, take_api_down):
    before = services.lists_page(Place())
    take_api_down()

    after = services.lists_page(Place(), refresh=True)

    assert isinstance(after.problem, Unreachable)
    assert (names(after), after.as_of) == (names(before), before.as_of)


def test_it_falls_back_on_the_known_lists_when_the_cache_is_empty_too(sandbox, take_api_down):
    before = services.lists_page(Place())
    cache.clear()
    take_api_down()

    after = services.lists_page(Place(size=3))

    assert after.problem and after.is_local
    assert set(names(after)) < set(names(before))
    assert (after.total, after.older.position) == (before.total, 3)


def test_it_finds_known_lists_by_name_whatever_the_case_without_a_call(sandbox):
    sandbox.make_list("ЛОГИСТИКА Восток")
    sandbox.make_list("100% sure_thing")
    services.lists_page(Place())
    calls = len(sandbox.calls())

    assert "ЛОГИСТИКА Восток" in names(services.search_lists(" логистика ", Place()))
    assert names(services.search_lists("0% SURE_", Place())) == ["100% sure_thing"]
    assert len(sandbox.calls()) == calls


def test_it_forgets_lists_that_are_gone_when_it_sees_the_whole_workspace(sandbox):
    list_id = sandbox.make_list("Short-lived")
    services.lists_page(Place())
    sandbox.client_for().delete(f"/lead-lists/{list_id}")

    services.lists_page(Place(), refresh=True)

    assert KnownList.objects.get(pk=list_id).gone_at
    assert not services.search_lists("Short-lived", Place()).rows


def test_it_cuts_pages_of_leads_from_one_call(sandbox):
    list_id = sandbox.make_list("Leads", leads=120)

    shown = walk(
        Place(size=25), lambda place: services.leads_page(list_id, place, browsing=True)
    )

    assert [lead.lead_id for lead in shown] == [
        lead["lead_id"] for lead in sandbox.leads(list_id)
    ]
    assert len(sandbox.calls("/leads")) == 1


def test_it_learns_the_lead_count_from_the_leads(sandbox):
    list_id = sandbox.make_list("Growing", leads=3)
    services.lists_page(Place())
    KnownList.objects.filter(pk=list_id).update(lead_count=1)

    services.leads_page(list_id, Place())

    assert services.list_head(list_id).known.lead_count == 3


def test_it_says_when_there_is_no_such_list(sandbox):
    list_id = sandbox.make_list("Gone soon")
    services.lists_page(Place())
    sandbox.client_for().delete(f"/lead-lists/{list_id}")

    with pytest.raises(NotFound):
        services.leads_page(list_id, Place())
    assert KnownList.objects.get(pk=list_id).gone_at


def test_it_knows_a_list_by_its_id_until_it_has_met_it(sandbox):
    list_id = sandbox.make_list("Met later")
    head = services.list_head(list_id)

    assert (head.is_met, head.is_stale) == (False, True)
    assert services.list_name(list_id) == f"List {list_id[:4]}…{list_id[-4:]}"
    services.list_detail(list_id)
    assert services.list_name(list_id) == "Met later"


def test_it_reads_the_detail_with_one_call_and_remembers_it(sandbox):
    list_id = sandbox.make_list("Half", leads=10, enriched=0.5)

    detail = services.list_detail(list_id)
    services.list_detail(list_id)

    assert (
        detail.known.enriched_count
        == sandbox.client_for().get(f"/lead-lists/{list_id}").json()["enriched_count"]
    )
    assert not services.list_head(list_id).is_stale
    assert len(sandbox.calls(list_id)) == 2


def test_it_asks_again_for_a_list_that_changed(sandbox):
    list_id = sandbox.make_list("Changing", leads=2)
    services.leads_page(list_id, Place())
    services.list_detail(list_id)

    services.forget_list(list_id)

    assert services.list_head(list_id).is_stale
    calls = len(sandbox.calls())
    services.leads_page(list_id, Place(), browsing=True)
    services.list_detail(list_id)
    assert len(sandbox.calls()) == calls + 2


def test_it_counts_lists_by_the_apis_last_word(sandbox):
    services.lists_page(Place())
    folder = next(row["folder_id"] for row in sandbox.lists() if row["folder_id"])
    total = services.known_total()

    services.lists_page(Place(), folder_id=folder)

    assert services.known_total() == total == KnownList.objects.count()


def test_it_adds_up_the_workspace_only_as_far_as_it_knows_it(django_assert_num_queries):
    KnownList.objects.create(pk="a", name="A", lead_count=10, enriched_count=5, folder_id="f")
    KnownList.objects.create(pk="b", name="B", lead_count=30)

    with django_assert_num_queries(1):
        told = services.workspace(2)

    assert (told.lists, told.leads, told.enriched_percent) == (2, 40, None)
    assert [(folder.folder_id, folder.lists) for folder in told.folders] == [("f", 1)]
    KnownList.objects.filter(pk="b").update(enriched_count=15)
    assert services.workspace(2).enriched_percent == 50
    assert services.workspace(3).leads is None


def test_a_list_opened_again_and_again_is_noted_once_a_minute(alice, time_machine):
    time_machine.move_to("2030-01-01 12:00:00Z", tick=False)
    services.visit(alice, "a")
    first = ListVisit.objects.get().visited_at
    time_machine.shift(30)
    services.visit(alice, "a")
    assert ListVisit.objects.get().visited_at == first
    time_machine.shift(31)
    services.visit(alice, "a")
    assert ListVisit.objects.get().visited_at > first


def test_it_remembers_what_a_person_opened_last(alice, bob):
    for pk in "abcdefg":
        KnownList.objects.create(pk=pk, name=pk)
        services.visit(alice, pk)
    services.visit(alice, "b")
    services.visit(bob, "a")
    KnownList.objects.filter(pk="g").update(gone_at=KnownList.objects.get(pk="a").seen_at)

    assert [row.list_id for row in services.recent(alice)] == ["b", "f", "e", "d", "c"]
    assert [row.list_id for row in services.recent(bob)] == ["a"]
