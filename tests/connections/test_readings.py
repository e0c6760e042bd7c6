from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connections

from cleanlist_api import errors
from cleanlist_api.transport import PAGE
from connections.readings import LOCK_SECONDS, QUIET_SECONDS, Reading, forget, peek, read

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


class Source:
    """An API of one number that counts how often it is asked, and fails when told."""

    def __init__(self):
        self.asked = 0
        self.problem = None

    def __call__(self, api):
        self.asked += 1
        if self.problem:
            raise self.problem
        return self.asked


@pytest.fixture
def source():
    return Source()


def test_it_asks_the_first_time(clock, source):
    assert read("lists", "all", source) == Reading(1, NOW, None)


def test_it_answers_from_what_it_knows_while_that_is_fresh(clock, source):
    read("lists", "all", source)
    clock.shift(29)
    assert read("lists", "all", source) == Reading(1, NOW, None)


def test_it_asks_again_when_it_is_old(clock, source):
    read("lists", "all", source)
    clock.shift(31)
    assert read("lists", "all", source).value == 2


def test_it_takes_the_callers_age_for_fresh(clock, source):
    read("lists", "all", source)
    clock.shift(31)
    assert read("lists", "all", source, ttl=3600).value == 1


def test_it_asks_whatever_the_age_on_refresh(clock, source):
    read("lists", "all", source)
    clock.shift(1)
    assert read("lists", "all", source, refresh=True).value == 2


def test_it_keeps_names_and_groups_apart(clock, source):
    values = [read(*name, source).value for name in [("a", "b"), ("a", "c"), ("d", "b")]]
    assert values == [1, 2, 3]


def test_it_keeps_the_values_of_two_keys_apart(clock, source, settings):
    read("lists", "all", source)
    settings.CLEANLIST_API_KEY = "clapi_another"
    assert read("lists", "all", source).value == 2


def test_it_caches_nothing_as_an_answer_too(clock, source):
    read("lists", "none", lambda api: source(api) and None)
    read("lists", "none", lambda api: source(api) and None)
    assert source.asked == 1


def test_it_asks_again_after_a_write(clock, source):
    read("lists", "all", source)
    clock.shift(1)
    forget("lists")
    assert read("lists", "all", source).value == 2


def test_it_forgets_no_other_group(clock, source):
    read("lists", "all", source)
    forget("credits")
    assert read("lists", "all", source).value == 1


def test_it_does_not_trust_an_answer_a_write_overtook(clock, source):
    def overtaken(api):
        forget("lists")
        return source(api)

    read("lists", "all", overtaken)
    assert read("lists", "all", source).value == 2


def test_it_shows_the_last_known_value_with_the_problem(clock, source):
    read("lists", "all", source)
    clock.shift(3600)
    source.problem = errors.Busy("Busy.")
    reading = read("lists", "all", source)
    assert (reading.value, reading.as_of, type(reading.problem)) == (1, NOW, errors.Busy)


def test_it_keeps_the_last_known_value_beyond_a_write(clock, source):
    read("lists", "all", source)
    forget("lists")
    source.problem = errors.Busy("Busy.")
    assert read("lists", "all", source).value == 1


def test_it_keeps_the_last_known_value_for_a_week(clock, source):
    read("lists", "all", source)
    clock.shift(timedelta(days=6))
    source.problem = errors.Busy("Busy.")
    assert read("lists", "all", source).value == 1


def test_it_knows_nothing_of_what_it_never_read(clock, source):
    source.problem = errors.NotFound("Gone.")
    reading = read("lists", "all", source)
    assert (reading.value, reading.as_of) == (None, None)


@pytest.mark.parametrize("kind", [errors.Unreachable, errors.NotSignedIn])
def test_it_leaves_an_api_alone_that_does_not_answer(clock, source, kind):
    source.problem = kind("No.")
    for name in ("a", "b", "c"):
        assert isinstance(read("lists", name, source).problem, kind)
    assert source.asked == 1


def test_it_tries_again_when_the_quiet_is_over(clock, source):
    source.problem = errors.Unreachable("No.")
    read("lists", "all", source)
    clock.shift(QUIET_SECONDS + 1)
    source.problem = None
    assert read("lists", "all", source).value == 2


def test_it_tries_at_once_when_a_person_asks(clock, source):
    source.problem = errors.Unreachable("No.")
    read("lists", "all", source)
    source.problem = None
    assert read("lists", "all", source, refresh=True).problem is None


def test_it_forgets_the_outage_with_the_first_answer(clock, source):
    source.problem = errors.Unreachable("No.")
    read("lists", "a", source)
    source.problem = None
    read("lists", "a", source, refresh=True)
    assert read("lists", "b", source).problem is None


def test_it_goes_on_asking_an_api_that_only_refused_one_thing(clock, source):
    source.problem = errors.NotAllowed("No.")
    read("lists", "a", source)
    source.problem = None
    assert read("lists", "b", source).value == 2


def test_it_lets_a_fault_of_our_own_through(clock):
    with pytest.raises(ZeroDivisionError):
        read("lists", "all", lambda api: 1 // 0)


def test_it_frees_the_lock_after_a_fault(clock, source):
    with pytest.raises(ZeroDivisionError):
        read("lists", "all", lambda api: 1 // 0)
    assert read("lists", "all", source).value == 1


def test_it_never_asks_when_it_only_peeks(clock):
    assert peek("lists", "all") == Reading()


def test_it_looks_at_the_database_once(source, django_assert_num_queries):
    read("lists", "all", source)
    with django_assert_num_queries(1):
        peek("lists", "all")


def test_it_peeks_at_a_value_of_any_age(clock, source):
    read("lists", "all", source)
    clock.shift(7200)
    assert peek("lists", "all") == Reading(1, NOW, None)


def test_it_shows_what_is_known_while_another_process_asks(clock, source, monkeypatch):
    read("lists", "all", source)
    clock.shift(60)
    monkeypatch.setattr(cache, "add", lambda *args: False)
    monkeypatch.setattr("connections.readings.WAIT_SECONDS", 0.05)
    assert read("lists", "all", source).value == 1


def test_it_outlasts_the_call_it_guards():
    assert PAGE.deadline + 1 < LOCK_SECONDS


@pytest.mark.django_db(transaction=True)
def test_it_makes_one_call_of_simultaneous_misses():
    asked, answers = [], []

    def slow(api):
        asked.append(1)
        time.sleep(0.3)
        return "lists"

    def ask():
        answers.append(read("lists", "all", slow).value)
        connections.close_all()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(asked), answers) == (1, ["lists"] * 8)


# --- At once -------------------------------------------------------------------------


def test_what_is_old_is_shown_at_once_and_said_to_be_old(clock, source):
    read("lists", "all", source)
    clock.shift(timedelta(minutes=5))

    seen = read("lists", "all", source, at_once=True)

    assert (seen.value, seen.as_of, seen.is_old) == (1, NOW, True)
    assert source.asked == 1


def test_asked_behind_the_page_it_is_read_anew(clock, source):
    read("lists", "all", source)
    clock.shift(timedelta(minutes=5))
    read("lists", "all", source, at_once=True)

    seen = read("lists", "all", source)

    assert (seen.value, seen.is_old) == (2, False)


def test_what_is_fresh_is_not_old(clock, source):
    read("lists", "all", source)
    assert not read("lists", "all", source, at_once=True).is_old


def test_a_first_read_is_waited_for(clock, source):
    assert read("lists", "all", source, at_once=True).value == 1


def test_what_a_write_made_untrue_is_waited_for(clock, source):
    read("lists", "all", source)
    forget("lists")
    assert read("lists", "all", source, at_once=True).value == 2


def test_a_person_who_asks_for_a_refresh_is_not_sent_what_is_old(clock, source):
    read("lists", "all", source)
    clock.shift(timedelta(minutes=5))
    assert read("lists", "all", source, at_once=True, refresh=True).value == 2


def test_what_is_old_tells_its_problem_while_the_api_is_known_to_be_down(clock, source):
    read("lists", "all", source)
    clock.shift(timedelta(minutes=5))
    source.problem = errors.Unreachable("No answer.")
    read("lists", "all", source)

    seen = read("lists", "all", source, at_once=True)

    assert (seen.value, seen.is_old) == (1, False)
    assert seen.problem is not None
