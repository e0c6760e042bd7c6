"""The log of calls: what is read of it, what is written, and what nobody has asked for yet."""

from __future__ import annotations

import os

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cleanlist_api.budget import Lane
from connections import budget as budgets
from connections.budget import DatabaseBudget, Meter
from connections.models import LaneWait, RatedCall

pytestmark = pytest.mark.django_db
NOW = 1_800_000_000.0


@pytest.fixture
def budget():
    return DatabaseBudget("key-a", clock=lambda: NOW)


def logged(seconds_ago, lane=Lane.PAGE):
    RatedCall.objects.create(key="key-a", lane=lane.value, at=NOW - seconds_ago)


def test_a_key_that_nobody_has_used_is_held_for_no_time(budget):
    assert budget.held_for() == 0.0


def test_a_limit_of_nought_is_all_used():
    assert Meter(0, 0).percent == 100


def test_calls_before_the_window_are_in_no_lane(budget):
    logged(61.0)
    logged(59.0)
    assert budget.calls_by_lane()[Lane.PAGE] == 1


def test_calls_that_count_no_more_are_not_read(budget):
    logged(61.5)
    logged(60.5)
    moments = [taken.at for *_, taken in budgets._recent_calls(NOW, "key-a", "")]
    assert moments == [NOW - 60.5]


def test_people_came_when_the_first_of_them_did_and_not_an_import(budget):
    logged(120.0, Lane.IMPORT)
    for _ in range(6):
        logged(1.0)
    assert budget.meter().people == 6.0


def test_a_page_that_did_not_come_back_holds_nobody_up(budget):
    for number in range(29):
        logged(59.0 - 2 * number)
    LaneWait.objects.create(key="key-a", waiter="another", lane=Lane.PAGE, until=NOW - 1.0)
    assert budget.take(Lane.IMPORT) == 0.0


def test_a_call_without_a_name_waits_under_that_of_its_thread(budget):
    for _ in range(30):
        logged(1.0)
    budget.take(Lane.PAGE)
    assert f" {os.getpid()} " in LaneWait.objects.get().waiter


def test_an_organization_that_is_known_is_not_written_again(budget):
    budget.learn_organization("org_1")
    with CaptureQueriesContext(
        connection,
    ) as queries:
        budget.learn_organization("org_1")
    assert not [each for each in queries if each["sql"].startswith("UPDATE")]
