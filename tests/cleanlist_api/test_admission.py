from __future__ import annotations

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cleanlist_api.admission import Asking, Bucket, Taken
from cleanlist_api.budget import Lane

LIMIT, WINDOW = 30, 60.0


def bucket(taken, limit=LIMIT):
    return Bucket(limit, WINDOW, sorted(taken, key=lambda call: call.at))


def calls(lane, *moments):
    return [Taken(at, lane) for at in moments]


def asking(lane, taken, waiting=0, others=(), ahead=0):
    return Asking(lane, bucket(taken), bucket([*taken, *others], 60), waiting, ahead)


class Desk:
    """The rules played through: every admitted call is remembered."""

    def __init__(self):
        self.taken = []

    def ask(self, lane, now, waiting=0):
        live = [call for call in self.taken if call.at > now - 61.0]
        wait = asking(lane, live, waiting).wait(now)
        if wait == 0.0:
            self.taken.append(Taken(now, lane))
        return wait

    def run(self, lane, start, end):
        """Call as fast as allowed; return the moments."""
        now, moments = start, []
        while now < end:
            wait = self.ask(lane, now)
            if wait == 0.0:
                moments.append(now)
            now += wait or 0.01
        return moments


def test_it_lets_a_page_take_every_free_slot():
    taken = calls(Lane.IMPORT, *range(29))
    assert asking(Lane.PAGE, taken).wait(30.0) == 0.0


def test_it_makes_a_page_wait_until_the_oldest_call_leaves_the_window():
    taken = calls(Lane.PAGE, *[index / 10 for index in range(30)])
    assert asking(Lane.PAGE, taken).wait(30.0) == pytest.approx(31.0, abs=0.001)


def test_it_counts_a_second_beyond_the_minute():
    taken = calls(Lane.PAGE, *[0.0] * 30)
    assert asking(Lane.PAGE, taken).wait(60.5) > 0


def test_it_obeys_the_organization_where_the_key_has_room():
    others = calls(Lane.PAGE, *[0.0] * 60)
    assert asking(Lane.PAGE, [], others=others).wait(10.0) == pytest.approx(51.0, abs=0.001)


def test_it_lets_an_import_burst_a_third_of_the_window():
    desk = Desk()
    assert [desk.ask(Lane.IMPORT, index / 100) for index in range(10)] == [0.0] * 10


def test_it_spaces_an_import_after_its_burst():
    desk = Desk()
    moments = desk.run(Lane.IMPORT, 0.0, 30.0)
    gaps = [
        later - earlier for earlier, later in zip(moments[10:], moments[11:], strict=False)
    ]
    assert min(gaps) >= 1.8


def test_it_spaces_an_import_by_those_before_it_in_the_line():
    taken = calls(Lane.IMPORT, *[2.0 * index for index in range(12)])
    first, third = (asking(Lane.IMPORT, taken, ahead=ahead).wait(22.0) for ahead in (0, 2))
    assert (first, third) == (pytest.approx(1.8, abs=0.001), pytest.approx(5.8, abs=0.001))


def test_it_keeps_slots_of_the_burst_for_those_before_it_in_the_line():
    taken = calls(Lane.IMPORT, *[0.0] * 8)
    waits = [asking(Lane.IMPORT, taken, ahead=ahead).wait(0.1) for ahead in (1, 2)]
    assert (waits[0], waits[1] > 0.0) == (0.0, True)


@pytest.mark.parametrize("late", [0.0, 0.05, 0.1])
def test_it_gives_a_large_import_at_least_95_percent_of_the_calls(late):
    """However late it asks, within reason."""
    desk = rush_hour(600.0, Caller(Lane.IMPORT, 0.0, late))
    assert len(desk.taken) >= 0.95 * 300


def test_it_asks_as_little_of_a_vast_limit_as_of_a_small_one():
    taken = calls(Lane.IMPORT, *[index / 10 for index in range(30)])
    vast = Bucket(100_000, WINDOW, taken)
    question = Asking(Lane.POLL, vast, Bucket(LIMIT, WINDOW, taken))
    assert len(list(question._moments(30.0))) < 300


class Caller:
    """One process of a lane: calls every `every` seconds or as soon as it may after that."""

    def __init__(self, lane, every, late=0.0):
        self.lane, self.every, self.late = lane, every, late
        self.wanted = self.next = 0.0
        self.waits = []

    def turn(self, desk, now):
        wait = desk.ask(self.lane, now)
        if wait == 0.0:
            self.waits.append(now - self.wanted)
            self.wanted = now + self.every
        self.next = max(self.wanted, now + wait) + self.late


def rush_hour(seconds, *callers):
    desk = Desk()
    while (caller := min(callers, key=lambda each: each.next)).next < seconds:
        caller.turn(desk, caller.next)
    return desk


def test_it_serves_people_within_four_seconds_all_through_an_import():
    people = Caller(Lane.PAGE, 10.0)
    rush_hour(400.0, people, Caller(Lane.IMPORT, 0.0), Caller(Lane.POLL, 5.0))
    assert max(people.waits) <= 4.2


def test_it_keeps_three_quarters_for_an_import_while_people_browse():
    desk = rush_hour(600.0, Caller(Lane.PAGE, 10.0), Caller(Lane.IMPORT, 0.0))
    sent = [call for call in desk.taken if call.lane is Lane.IMPORT]
    assert len(sent) >= 0.75 * 300
    assert len(desk.taken) >= 0.97 * 300


def test_it_serves_two_people_at_once_at_any_moment_of_an_import():
    for start in (25.0, 60.0, 90.0, 150.0, 299.0):
        desk = rush_hour(start, Caller(Lane.IMPORT, 0.0))
        first = desk.ask(Lane.PAGE, start)
        second = desk.ask(Lane.PAGE, start + first)
        assert max(first, second) <= 4.2


@pytest.mark.parametrize("first", [{"waiting": 3}, {"ahead": 3}])
def test_it_keeps_slots_for_a_waiting_page_and_for_imports_before_it_in_the_line(first):
    taken = calls(Lane.PAGE, *[2.1 * index for index in range(27)])
    assert asking(Lane.IMPORT, taken).wait(58.0) == 0.0
    assert asking(Lane.IMPORT, taken, **first).wait(58.0) > 0.0


def test_it_asks_again_in_a_second_when_it_knows_no_moment():
    assert asking(Lane.IMPORT, [], waiting=40).wait(0.0) == 1.0


def test_it_leaves_people_one_slot_of_two():
    small = Bucket(2, WINDOW, calls(Lane.PAGE, 0.0))
    assert Asking(Lane.IMPORT, small, small).wait(1.0) > 0.0


def test_it_gives_polls_a_fifth_of_the_window():
    desk = Desk()
    assert len(desk.run(Lane.POLL, 0.0, 60.0)) == 6


def test_it_keeps_four_slots_from_polls():
    now = 58.0
    polls = calls(Lane.POLL, now - 3.0)
    taken = calls(Lane.PAGE, *[2.2 * index for index in range(26)])
    assert asking(Lane.POLL, taken[:25] + polls).wait(now) > 0.0
    assert asking(Lane.POLL, taken[:24] + polls).wait(now) == 0.0


def test_it_lets_a_starving_poll_through_during_an_import():
    desk = Desk()
    now = 0.0
    while now < 200.0:
        desk.ask(Lane.IMPORT, now)
        desk.ask(Lane.POLL, now)
        now += 0.4
    polls = [call.at for call in desk.taken if call.lane is Lane.POLL]
    gaps = [later - earlier for earlier, later in zip(polls, polls[1:], strict=False)]
    assert max(gaps) <= 45.0


def test_it_leaves_twelve_slots_free_of_sync():
    assert len(Desk().run(Lane.SYNC, 0.0, 60.0)) == 18


def test_it_never_locks_a_small_limit_out():
    for limit in (1, 2, 3):
        for lane in Lane:
            empty = Bucket(limit, WINDOW, [])
            assert Asking(lane, empty, empty).wait(0.0) == 0.0


@settings(max_examples=5, deadline=None)
@given(st.integers(0, 2**32))
def test_it_never_lets_31_calls_into_any_minute(seed):
    chance = random.Random(seed)
    desk, now = Desk(), 0.0
    while now < 130.0:
        desk.ask(chance.choice(list(Lane)), now, chance.choice([0, 0, 1]))
        now += chance.expovariate(2.0)
    moments = [call.at for call in desk.taken]
    spans = [moments[index + 30] - moments[index] for index in range(len(moments) - 30)]
    assert min(spans, default=math.inf) > 60.0


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(0, 60), st.sampled_from(list(Lane))), max_size=60),
    st.sampled_from(list(Lane)),
)
def test_it_names_a_wait_after_which_the_answer_is_yes(entries, lane):
    question = asking(lane, [Taken(at, kind) for at, kind in entries])
    wait = question.wait(60.0)
    assert 0.0 <= wait <= 61.1
    assert question.wait(60.0 + wait) == 0.0


PAGES = calls(Lane.PAGE, *[2.2 * index for index in range(25)])


def test_it_lets_a_starving_poll_take_one_of_the_four_slots():
    recent, starving = (calls(Lane.POLL, 58.0 - age) for age in (19.9, 20.1))
    assert asking(Lane.POLL, PAGES + recent).wait(58.0) > 0.0
    assert asking(Lane.POLL, PAGES + starving).wait(58.0) == 0.0


BURST = calls(Lane.IMPORT, *[index / 10 for index in range(400, 409)])


@pytest.mark.parametrize(
    ("lane", "taken", "wait"),
    [
        # An import: 1.8 s after the last one.
        (Lane.IMPORT, [*BURST, *calls(Lane.IMPORT, 59.0)], 0.8),
        # And once people would find enough, 4.1 s before the call of second 30 expires.
        (Lane.IMPORT, calls(Lane.PAGE, *range(30, 58)), 26.9),
        # A poll: 10 s after the last one, or once that is 20 s old.
        (Lane.POLL, calls(Lane.POLL, 50.0, 52.2, 54.4, 58.8), 8.8),
        (Lane.POLL, PAGES + calls(Lane.POLL, 40.5), 0.5),
        # Or once the first of six leaves the window.
        (Lane.POLL, calls(Lane.POLL, 1.0, 11.0, 21.0, 31.0, 41.0, 51.0), 2.0),
        # Between any of these, to the second.
        (Lane.POLL, calls(Lane.PAGE, *[40 + index / 2 for index in range(24)]), 2.0),
    ],
)
@pytest.mark.parametrize("scale", [1.0, 0.1])
def test_it_names_the_moment_at_which_the_answer_turns(lane, taken, wait, scale):
    scaled = [Taken(call.at * scale, call.lane) for call in taken]
    key, organization = (Bucket(limit, WINDOW * scale, scaled) for limit in (LIMIT, 60))
    named = Asking(lane, key, organization).wait(60.0 * scale)
    assert named == pytest.approx(wait * scale, abs=0.001)
