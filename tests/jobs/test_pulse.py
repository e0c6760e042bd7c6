from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.utils import timezone

from imports.models import RunState
from imports.services.pieces import pieces
from imports.services.turns import take_turn
from jobs import pulse
from jobs.heart import Heart
from jobs.models import WorkerBeat
from jobs.services import Health, health
from people.models import Person
from tests.imports.pages import made_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def hung(monkeypatch, settings):
    """The task of this process has not got on for too long."""
    long_ago = timezone.now() - timedelta(seconds=settings.STUCK_SECONDS + 1)
    monkeypatch.setattr(pulse, "_got_on_at", {threading.get_ident(): long_ago})


def test_it_tells_a_worker_that_beats_but_does_not_get_on(hung):
    Heart("w1").beat()
    assert (health().workers, health().stuck) == (1, 1)


def write(person):
    run = made_run(person, RunState.CHECKING)
    with take_turn(run.pk) as turn, turn.writing():
        pass


STEPS = {
    "the start of the next task": lambda _: pulse.begin(),
    "the end of the task": lambda _: pulse.end(),
    "a write of a check under way": write,
    "a piece of many rows": lambda _: list(pieces(Person.objects.all())),
}


@pytest.mark.parametrize("step", STEPS.values(), ids=STEPS)
def test_each_step_shows_that_the_work_gets_on(hung, step, alice):
    step(alice)
    Heart("w1").beat()
    assert (health().workers, health().stuck) == (1, 0)


def test_a_thread_that_does_nothing_hides_none_that_hangs(hung):
    other = threading.Thread(target=pulse.got_on)
    other.start()
    other.join()
    Heart("w1").beat()
    assert health().stuck == 1


def test_what_comes_round_hides_no_task_that_hangs(hung):
    def clock():
        with pulse.busy():
            pulse.got_on()

    other = threading.Thread(target=clock)
    other.start()
    other.join()
    Heart("w1").beat()
    assert health().stuck == 1


def test_a_heart_alone_is_no_sign_that_the_work_gets_on(hung, alice):
    run = made_run(alice, RunState.CHECKING)
    with take_turn(run.pk) as turn:
        turn.beat()
    Heart("w1").beat()
    assert health().stuck == 1


def test_it_logs_once_where_the_task_hangs(hung, caplog):
    heart = Heart("w1")
    heart.beat()
    heart.beat()
    assert [record.name for record in caplog.records] == ["jobs.heart"]
    assert "test_it_logs_once_where_the_task_hangs" in caplog.text


def test_it_says_how_it_is_where_no_worker_ever_was():
    assert health() == Health(0, 0, None)
    assert not WorkerBeat.objects.exists()
