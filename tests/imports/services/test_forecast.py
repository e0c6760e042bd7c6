from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from cleanlist_api.budget import Lane
from connections.clients import budget
from connections.models import RatedCall
from connections.services import take_slot
from imports.models import RunState
from imports.services import forecast
from imports.services.beside import Beside
from tests.imports.pages import made_run

pytestmark = pytest.mark.django_db
MINUTE = timedelta(minutes=1)


def people_called(times, seconds_ago):
    """`times` calls of people, evenly over the time."""
    now, key = timezone.now().timestamp(), budget()._key
    RatedCall.objects.bulk_create(
        RatedCall(key=key, organization="", lane="page", at=now - seconds_ago * n / times)
        for n in range(times)
    )


def test_it_sends_a_small_import_at_once():
    assert forecast.length_of(5) == timedelta(seconds=2)


def test_it_spaces_the_calls_of_a_large_import():
    assert 5.3 < forecast.length_of(160) / MINUTE < 5.8


def test_it_knows_that_a_full_window_has_to_pass():
    assert forecast.length_of(25) < timedelta(seconds=45)
    assert forecast.length_of(32) > timedelta(seconds=61)


def test_it_counts_a_quote_before_each_call_that_enriches():
    assert forecast.length_of(8, 8) == forecast.length_of(16)
    assert forecast.length_of(8, 3) == forecast.length_of(11)


def test_it_counts_what_is_called_before_the_first_row():
    assert forecast.length_of(40, 0, first=10) == forecast.length_of(50)


def test_it_leaves_room_for_the_polls_of_an_enrichment():
    assert forecast.length_of(80, 80) > forecast.length_of(160)
    beside = Beside((3,), enriches=True)
    assert forecast.length_of(160, 0, beside) > forecast.length_of(163)


def test_it_considers_the_calls_of_the_last_minute():
    calm = forecast.length_of(10)
    for _ in range(10):
        take_slot(Lane.IMPORT)
    assert forecast.length_of(10) > 3 * calm


@pytest.mark.parametrize(("calls", "seconds"), [(10, 59), (50, 299)])
def test_it_leaves_to_people_what_they_take_since_they_came(calls, seconds):
    people_called(calls, seconds)
    assert forecast.length_of(150) / MINUTE == pytest.approx(150 / 20 * 61 / 60, 0.03)


def test_it_shares_with_other_imports_in_turns():
    shared = [forecast.length_of(100, 0, Beside(left)) for left in [(), (50,), (300, 300)]]
    assert [each / shared[0] for each in shared] == pytest.approx([1, 1.5, 3])


def test_it_says_when_a_sending_run_is_done(alice):
    run, now = made_run(alice, RunState.SENDING), timezone.now()
    alone, shared = (forecast.done_at(run, 100, Beside(left), now) for left in [(), (100,)])
    assert (shared - now) / (alone - now) == pytest.approx(2)


@pytest.mark.parametrize("state", [RunState.PAUSED, RunState.SETTLING, RunState.FINISHED])
def test_it_says_nothing_of_a_run_that_does_not_send(alice, state):
    assert forecast.done_at(made_run(alice, state), 10) is None


def test_a_run_in_the_line_starts_after_one_call_of_each_other(alice):
    run, now = made_run(alice, RunState.SENDING), timezone.now()
    assert forecast.starts_at(run, Beside((90, 90)), now) == now + timedelta(seconds=4)
    run.wake_at = now + timedelta(seconds=40)
    assert forecast.starts_at(run, Beside((90,)), now) == now + timedelta(seconds=42)


def test_a_run_that_sleeps_is_done_later(alice):
    run, now = made_run(alice, RunState.SENDING), timezone.now()
    awake = forecast.done_at(run, 100, now=now)
    run.wake_at = now + timedelta(seconds=40)
    assert forecast.done_at(run, 100, now=now) - awake == timedelta(seconds=40)
    run.turn_expires_at = now
    assert forecast.done_at(run, 100, now=now) == awake
