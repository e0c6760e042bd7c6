from __future__ import annotations

import threading
import time
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django.db.models import F
from django.utils import timezone

from imports.models import ReadBack, Run, RunState
from imports.services.turns import (
    PICKED_FOR,
    Turn,
    _keep,
    others_wait,
    pick_next,
    take_turn,
)
from tests.imports.files import csv_of, uploaded
from tests.imports.pages import made_run

pytestmark = pytest.mark.django_db


def test_it_gives_the_turn_to_one(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk) as first, take_turn(run.pk) as second:
        assert first is not None
        assert second is None


def test_it_gives_the_turn_back(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk):
        pass
    with take_turn(run.pk) as again:
        assert again is not None


def test_it_takes_over_a_turn_without_a_sign_of_life(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk) as stopped:
        Run.objects.update(turn_expires_at=timezone.now() - timedelta(seconds=1))
        with take_turn(run.pk) as taker:
            assert taker is not None
            stopped.beat()
            assert stopped.lost.is_set()
            assert not taker.lost.is_set()


def test_it_leaves_the_taker_his_turn_when_the_loser_ends(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk):
        Run.objects.update(turn_expires_at=timezone.now() - timedelta(seconds=1))
        taker = take_turn(run.pk)
        taker.__enter__()
    with take_turn(run.pk) as third:
        assert third is None
    taker.__exit__(None, None, None)


def waiting(person, seconds, **fields):
    """A run that sends, due for `seconds`."""
    fields = {"wake_at": timezone.now() - timedelta(seconds=seconds)} | fields
    return made_run(person, RunState.SENDING, **fields)


def test_it_picks_the_run_that_has_waited_longest(alice):
    runs = [waiting(alice, seconds) for seconds in (3, 9, 6)]
    assert [pick_next() for _ in range(4)] == [runs[1], runs[2], runs[0], None]


def test_it_lets_a_run_be_for_a_while_that_was_picked(alice):
    run = waiting(alice, 9)
    pick_next()
    Run.objects.filter(pk=run.pk).update(wake_at=F("wake_at") - PICKED_FOR)
    assert pick_next() == run


def test_it_picks_a_run_whose_turn_was_left(alice):
    run = waiting(alice, -3600, turn_expires_at=timezone.now() - timedelta(seconds=1))
    assert pick_next() == run


def test_it_picks_no_run_that_has_a_worker_or_waits_for_something(alice):
    waiting(alice, 9, turn_expires_at=timezone.now() + timedelta(seconds=9))
    waiting(alice, -9)
    assert pick_next() is None


def test_it_knows_whether_another_run_wants_the_worker(alice):
    run = waiting(alice, 9)
    assert not others_wait(run)
    waiting(alice, 1)
    assert others_wait(run)


def test_it_picks_what_was_left_without_a_time_to_wake(alice):
    left = timezone.now() - timedelta(seconds=1)
    runs = {waiting(alice, 0, wake_at=None, turn_expires_at=left), waiting(alice, 9)}
    assert {pick_next(), pick_next()} == runs


def test_a_look_back_that_has_waited_longest_goes_before_a_run(alice):
    run = waiting(alice, 6)
    look = ReadBack.objects.create(
        run=run, purpose="evidence", wake_at=timezone.now() - timedelta(seconds=9)
    )
    assert [pick_next(), pick_next()] == [look, run]


def test_nobody_waits_for_a_worker_but_the_one_that_has_it(alice):
    run = waiting(alice, 9, turn_expires_at=timezone.now() - timedelta(seconds=1))
    assert not others_wait(run)


def test_it_knows_whether_it_is_still_held(alice):
    run = made_run(alice, RunState.SENDING)
    with take_turn(run.pk) as turn:
        assert turn.is_held()
        Run.objects.update(turn_token="another")
        assert not turn.is_held()


def test_no_beat_comes_after_the_turn_was_given_back(alice, monkeypatch, settings):
    settings.TURN_SECONDS = 0.04
    run = made_run(alice, RunState.SENDING)
    begun, done = threading.Event(), []

    def slow_beat(turn):
        begun.set()
        time.sleep(0.2)
        done.append(turn)

    monkeypatch.setattr(Turn, "beat", slow_beat)
    with take_turn(run.pk) as turn:
        assert begun.wait(30)
    assert done == [turn]


def test_a_heart_closes_the_connection_it_had(alice, monkeypatch):
    closed = []
    had = SimpleNamespace(close=lambda: closed.append(True))
    monkeypatch.setattr("imports.services.turns.connection", had)
    with take_turn(made_run(alice, RunState.SENDING).pk):
        pass
    assert closed == [True]


def test_a_heart_beats_several_times_before_its_turn_runs_out(alice, settings):
    pauses = []
    over = SimpleNamespace(wait=lambda seconds: pauses.append(seconds) or True)
    _keep(Turn(made_run(alice, RunState.SENDING).pk, "mine"), over)
    assert pauses[0] * 3 < settings.TURN_SECONDS


class Beats:
    """Beats of a turn's heart that fail where the list says so."""

    def __init__(self, monkeypatch, fails):
        self.beat, self.fails, self.count = Turn.beat, iter(fails), 0
        monkeypatch.setattr(Turn, "beat", lambda turn: self._once(turn))

    def _once(self, turn):
        self.count += 1
        if next(self.fails, False):
            raise OperationalError("database is locked")
        self.beat(turn)


@pytest.fixture
def heart(monkeypatch):
    """Let a turn's heart beat in this thread as often as asked, without a pause."""

    class Over:
        def __init__(self, beats):
            self.left = beats

        def wait(self, _seconds):
            self.left -= 1
            return self.left < 0

    monkeypatch.setattr("imports.services.turns.close_old_connections", lambda: None)
    monkeypatch.setattr(
        "imports.services.turns.connection", SimpleNamespace(close=lambda: None)
    )
    return lambda turn, beats: _keep(turn, Over(beats))


def test_a_heart_goes_on_after_the_database_was_locked(alice, monkeypatch, heart):
    run = made_run(alice, RunState.SENDING)
    beats = Beats(monkeypatch, [True])
    turn = Turn(run.pk, "mine")
    Run.objects.update(turn_token="mine")
    heart(turn, 3)
    assert (beats.count, turn.lost.is_set()) == (3, False)


def test_a_heart_gives_up_aloud_when_its_turn_must_have_run_out(
    alice, monkeypatch, heart, settings, caplog
):
    settings.TURN_SECONDS = 0.0
    run = made_run(alice, RunState.SENDING)
    beats = Beats(monkeypatch, [True] * 5)
    turn = Turn(run.pk, "mine")
    heart(turn, 5)
    assert (beats.count, turn.lost.is_set()) == (1, True)
    assert "No sign of life" in caplog.text
