from __future__ import annotations

import pytest
from django.db import OperationalError

from jobs import periodic
from jobs.models import Schedule
from jobs.periodic import ASK_AGAIN, SHORTEST_BETWEEN_LOOKS, Rounds, every, look

pytestmark = pytest.mark.django_db


class Moments:
    """A clock for both the process and the database, moved by hand."""

    def __init__(self, time_machine, monkeypatch):
        self.now = 1_000.0
        self.wall = time_machine
        monkeypatch.setattr(periodic.time, "monotonic", lambda: self.now)

    def pass_by(self, seconds: float) -> None:
        self.now += seconds
        self.wall.shift(seconds)


class News:
    """Whether others wrote to the database."""

    ask_every = 0.0

    def __init__(self):
        self.came = False

    def have_come(self):
        return self.came


@pytest.fixture(autouse=True)
def _no_other_jobs(monkeypatch):
    monkeypatch.setattr(periodic, "_registry", {})


@pytest.fixture
def moments(monkeypatch):
    import time_machine

    with time_machine.travel("2026-03-01T12:00Z", tick=False) as wall:
        yield Moments(wall, monkeypatch)


@pytest.fixture
def news():
    return News()


@pytest.fixture
def rounds(news):
    return Rounds(news)


def test_a_job_runs_at_once_and_then_each_time_it_is_due(moments, rounds):
    rings = []
    every(60, "ring")(lambda: rings.append("ding"))
    for _ in range(5):
        rounds.go()
        moments.pass_by(30)
    assert len(rings) == 3


def test_a_job_is_done_by_one_of_two_workers(moments, rounds):
    rings = []
    every(60, "ring")(lambda: rings.append("ding"))
    rounds.go()
    Rounds(News()).go()
    assert rings == ["ding"]


def test_a_job_is_taken_once_though_two_saw_that_it_is_due(moments):
    assert periodic._take("ring", 60)
    assert not periodic._take("ring", 60)


def test_a_daily_job_is_found_due_within_a_minute(moments, rounds):
    rings = []
    every(86_400, "ring")(lambda: rings.append("ding"))
    rounds.go()
    moments.pass_by(86_400 - 30)
    rounds.go()
    moments.pass_by(60)
    rounds.go()
    assert len(rings) == 2


def test_a_job_that_is_not_due_writes_nothing(moments, rounds):
    every(1, "ring", is_due=lambda: False)(lambda: None)
    rounds.go()
    assert not Schedule.objects.exists()


def test_a_job_is_asked_again_when_the_database_has_changed(moments, rounds, news):
    asked = []
    every(1, "ring", is_due=lambda: bool(asked.append(1)))(lambda: None)
    rounds.go()
    moments.pass_by(2)
    news.came = True
    rounds.go()
    assert len(asked) == 2


def test_a_job_is_left_alone_while_the_database_stands_still(moments, rounds):
    asked = []
    every(1, "ring", is_due=lambda: bool(asked.append(1)))(lambda: None)
    rounds.go()
    moments.pass_by(ASK_AGAIN - 1)
    rounds.go()
    assert len(asked) == 1


def test_a_job_that_raises_is_logged_and_comes_round_again(moments, rounds, caplog):
    every(60, "boom")(lambda: 1 / 0)
    rounds.go()
    moments.pass_by(61)
    rounds.go()
    assert caplog.text.count("Periodic job boom failed") == 2


def test_each_worker_looks(moments, rounds):
    looks = []
    look("look")(lambda: looks.append(1) or 5.0)
    rounds.go()
    Rounds(News()).go()
    assert len(looks) == 2


def test_a_look_comes_again_after_what_it_said(moments, rounds):
    looks = []
    look("look")(lambda: looks.append(1) or 5.0)
    for _ in range(6):
        rounds.go()
        moments.pass_by(1)
    assert len(looks) == 2


def test_a_look_comes_again_as_soon_as_the_database_has_changed(moments, rounds, news):
    looks = []
    look("look")(lambda: looks.append(1) or 5.0)
    rounds.go()
    moments.pass_by(SHORTEST_BETWEEN_LOOKS)
    news.came = True
    rounds.go()
    assert len(looks) == 2


def test_a_change_is_not_forgotten_while_the_look_rests(moments, rounds, news):
    looks = []
    look("look")(lambda: looks.append(1) or 5.0)
    rounds.go()
    news.came = True
    rounds.go()
    news.came = False
    moments.pass_by(SHORTEST_BETWEEN_LOOKS)
    rounds.go()
    assert len(looks) == 2


def test_a_database_that_does_not_answer_ends_no_round(
    moments, rounds, news, monkeypatch, caplog
):
    looks = []
    look("look")(lambda: looks.append(1) or 5.0)

    def no_answer():
        raise OperationalError

    monkeypatch.setattr(news, "have_come", no_answer)
    rounds.go()
    assert looks == [1]
    assert "The database did not answer" in caplog.text
