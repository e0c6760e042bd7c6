from __future__ import annotations

import pytest
from django.db import transaction

from cleanlist_api import admission
from cleanlist_api.budget import Lane
from connections import budget as budgets
from connections.budget import GRACE, PRUNE_EVERY, QUEUED, DatabaseBudget, Meter
from connections.models import LaneWait, RateBucket, RatedCall

pytestmark = pytest.mark.django_db


class Clock:
    def __init__(self):
        self.now = 1_800_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def budget(clock):
    return DatabaseBudget("key-a", clock=clock)


@pytest.fixture
def sister(clock):
    """Another key of the same organization."""
    return DatabaseBudget("key-b", clock=clock)


def spend(budget, times, lane=Lane.PAGE):
    return [budget.take(lane) for _ in range(times)]


def test_it_lets_the_limit_of_the_key_through_and_no_more(budget):
    waits = spend(budget, 31)
    assert waits[:30] == [0.0] * 30
    assert waits[30] == pytest.approx(61.0, abs=0.01)


def test_it_lets_calls_through_again_when_the_window_has_passed(budget, clock):
    spend(budget, 30)
    clock.now += 61.1
    assert budget.take(Lane.PAGE) == 0.0


def test_it_counts_both_keys_against_their_organization(budget, sister, settings):
    settings.RATE_PER_ORGANIZATION = 40
    budget.learn_organization("org_1")
    sister.learn_organization("org_1")
    waits = [*spend(budget, 25), *spend(sister, 16)]
    assert (waits[:40], waits[40] > 0) == ([0.0] * 40, True)


def test_it_counts_calls_from_before_the_organization_was_known(budget, sister, settings):
    settings.RATE_PER_ORGANIZATION = 40
    spend(budget, 25)
    budget.learn_organization("org_1")
    sister.learn_organization("org_1")
    waits = spend(sister, 16)
    assert (waits[:15], waits[15] > 0) == ([0.0] * 15, True)


@pytest.mark.parametrize("lane", Lane)
def test_it_decides_in_few_queries(budget, lane, django_assert_num_queries, monkeypatch):
    monkeypatch.setattr(budgets, "PRUNE_EVERY", 10**9)  # now and then old calls go as well
    budget.learn_organization("org_1")
    spend(budget, 5)
    # Two of them the savepoint of a test, two the locks, one the log.
    with django_assert_num_queries(7):
        assert budget.take(lane) == 0.0


def test_it_counts_organizations_apart(budget, sister, settings):
    settings.RATE_PER_ORGANIZATION = 30
    budget.learn_organization("org_1")
    sister.learn_organization("org_2")
    assert spend(budget, 30) + spend(sister, 30) == [0.0] * 60


def test_it_lets_nobody_call_while_the_api_wants_a_pause(budget, clock):
    budget.hold(7.0)
    waits = [budget.take(lane) for lane in Lane]
    clock.now += 7.0
    assert (waits, budget.take(Lane.PAGE)) == ([7.0] * 4, 0.0)


def test_it_holds_the_organizations_other_key_too(budget, sister):
    budget.learn_organization("org_1")
    sister.learn_organization("org_1")
    budget.hold(7.0)
    assert sister.take(Lane.PAGE) == 7.0


def test_it_never_shortens_a_hold(budget, clock):
    budget.hold(30.0)
    budget.hold(5.0)
    clock.now += 10.0
    assert budget.held_for() == pytest.approx(20.0)


def test_it_gives_way_to_a_page_that_waits(budget, clock):
    spend(budget, 30)
    clock.now += 60.9
    LaneWait.objects.create(key="key-a", waiter="another thread", until=clock.now + 2.0)
    clock.now += 0.2
    RatedCall.objects.filter(at__lt=clock.now - 61.0).first().delete()
    RatedCall.objects.update(at=clock.now - 30.0)
    assert budget.take(Lane.IMPORT) > 0.0
    assert budget.take(Lane.PAGE) == 0.0


def test_it_queues_a_page_that_must_wait(budget, clock):
    spend(budget, 31)
    [queued] = LaneWait.objects.all()
    assert queued.until == clock.now + QUEUED[Lane.PAGE] + GRACE / 2


def test_it_takes_a_page_out_of_the_queue_when_it_goes(budget, clock):
    spend(budget, 31)
    clock.now += 61.1
    budget.take(Lane.PAGE)
    assert not LaneWait.objects.exists()


def test_it_queues_no_sync(budget):
    spend(budget, 30)
    budget.take(Lane.SYNC)
    assert not LaneWait.objects.exists()


@pytest.fixture
def line(budget, clock):
    """The window is half full; imports 1, 2 and 3 wait, in this order."""
    for _ in range(15):
        budget.take(Lane.IMPORT)
        clock.now += 2.0
    budget.take(Lane.IMPORT)
    for waiter in ("import 1", "import 2", "import 3"):
        assert budget.take(Lane.IMPORT, waiter) > 0.0
    return budget


def test_it_lets_the_import_go_that_has_waited_longest(line, clock):
    gone = []
    for _ in range(6):
        clock.now += 2.0
        waits = {name: line.take(Lane.IMPORT, f"import {name}") for name in (3, 2, 1)}
        gone += [name for name, wait in waits.items() if wait == 0.0]
    assert gone == [1, 2, 3, 1, 2, 3]


def test_it_names_each_import_a_wait_of_its_own(line):
    waits = [line.take(Lane.IMPORT, f"import {name}") for name in (1, 2, 3)]
    assert waits == [pytest.approx(wait, abs=0.01) for wait in (1.8, 3.8, 5.8)]


def test_it_waits_for_nobody_in_the_line_who_does_not_come_back(line, clock):
    clock.now += 4.0
    assert line.take(Lane.IMPORT, "import 2") == 0.0


def test_it_keeps_the_place_of_an_import_that_comes_back_late(line, clock):
    clock.now += 2.5
    assert line.take(Lane.IMPORT, "import 3") > 0.0
    assert line.take(Lane.IMPORT, "import 1") == 0.0


def test_it_holds_up_no_page_and_no_poll_with_the_line_of_imports(line):
    assert [line.take(lane) for lane in (Lane.PAGE, Lane.POLL)] == [0.0, 0.0]


def test_it_queues_a_poll_that_is_overdue(budget, clock):
    budget.take(Lane.POLL)
    spend(budget, 29)
    clock.now += 5.0
    budget.take(Lane.POLL)
    assert not LaneWait.objects.exists()
    clock.now += 20.0
    budget.take(Lane.POLL)
    assert LaneWait.objects.get().lane == Lane.POLL


@pytest.mark.parametrize(("lane", "gives_way"), [(Lane.IMPORT, True), (Lane.PAGE, False)])
def test_it_lets_an_overdue_poll_before_an_import(budget, clock, lane, gives_way):
    for _ in range(29):
        budget.take(Lane.PAGE)
        clock.now += 2.1
    LaneWait.objects.create(
        key="key-a", waiter="another", lane=Lane.POLL, until=clock.now + 9.0
    )
    assert (budget.take(lane) > 0.0) is gives_way


@pytest.mark.parametrize(("waiter", "gives_way"), [("another", True), ("itself", False)])
def test_it_gives_way_to_others_alone(budget, clock, waiter, gives_way):
    for _ in range(29):
        budget.take(Lane.PAGE)
        clock.now += 2.1
    LaneWait.objects.create(key="key-a", waiter=waiter, until=clock.now + 2.0)
    assert (budget.take(Lane.IMPORT, "itself") > 0.0) is gives_way


def test_it_never_waits_longer_than_the_window_when_the_clock_is_set_back(budget, clock):
    spend(budget, 30)
    clock.now -= 3600.0
    assert budget.take(Lane.PAGE) <= 61.1
    clock.now += 61.2
    assert budget.take(Lane.PAGE) == 0.0


def test_it_never_holds_longer_than_asked_when_the_clock_is_set_back(budget, clock):
    budget.hold(20.0)
    clock.now -= 3600.0
    assert budget.take(Lane.PAGE) == 20.0
    clock.now += 20.0
    assert budget.take(Lane.PAGE) == 0.0


def test_it_ignores_a_queue_from_the_future(budget, clock):
    LaneWait.objects.create(key="key-a", waiter="gone", until=clock.now + 3600.0)
    assert budget.take(Lane.SYNC) == 0.0


def test_it_forgets_old_calls(budget, clock):
    spend(budget, 20)
    clock.now += 3600.0
    for _ in range(PRUNE_EVERY):
        budget.take(Lane.PAGE)
        clock.now += 3.0
    assert RatedCall.objects.filter(at__lt=clock.now - 3000.0).count() == 0


def test_it_forgets_no_call_of_the_window(budget, clock, monkeypatch):
    monkeypatch.setattr(budgets, "PRUNE_EVERY", 1)
    for _ in range(30):
        assert budget.take(Lane.PAGE) == 0.0
        clock.now += 1.0
    assert budget.take(Lane.PAGE) > 0.0


@pytest.mark.parametrize("page_waits", [True, False])
def test_it_lets_a_page_that_waits_before_a_poll(budget, clock, settings, page_waits):
    last_for_polls = round(settings.RATE_PER_KEY * (1 - admission.POLL_LEAVES))
    for lane in [Lane.PAGE] * (last_for_polls - 2) + [Lane.POLL]:
        assert budget.take(lane) == 0.0
        clock.now += 2.1
    if page_waits:
        LaneWait.objects.create(key="key-a", waiter="another", until=clock.now + 3.0)
    assert (budget.take(Lane.POLL) > 0.0) is page_waits


def test_it_counts_for_the_ring_without_asking(budget, settings, django_assert_num_queries):
    spend(budget, 12)
    with django_assert_num_queries(1):
        meter = budget.meter()
    assert (meter.used, meter.limit, meter.percent) == (12, 30, 40)


@pytest.mark.parametrize(("used", "percent"), [(0, 0), (29, 97), (30, 100), (31, 100)])
def test_it_counts_the_ring_in_percent_and_no_more_than_all(used, percent):
    assert Meter(used, 30).percent == percent


def test_it_knows_how_much_people_call_since_they_came(budget, clock):
    assert budget.meter().people == 0.0
    spend(budget, 4)
    spend(budget, 4, Lane.IMPORT)
    assert budget.meter().people == 4.0
    clock.now += 120.0
    spend(budget, 6)
    assert budget.meter().people == pytest.approx(5.0)
    clock.now += 301.0
    assert budget.meter().people == 0.0


def test_it_counts_by_lane(budget):
    spend(budget, 3)
    spend(budget, 2, Lane.IMPORT)
    assert budget.calls_by_lane() == {
        Lane.PAGE: 3,
        Lane.IMPORT: 2,
        Lane.POLL: 0,
        Lane.SYNC: 0,
    }


@pytest.mark.django_db(transaction=True)
def test_it_refuses_a_call_inside_an_open_transaction(budget):
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        budget.take(Lane.PAGE)


def test_it_names_no_key_in_the_database(budget):
    budget.learn_organization("org_1")
    spend(budget, 1)
    names = {*RateBucket.objects.values_list("name", flat=True)}
    assert names == {"key-a", "organization org_1"}
