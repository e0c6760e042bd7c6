from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine

from jobs import periodic

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _no_other_jobs(monkeypatch):
    monkeypatch.setattr(periodic, "_registry", {})


@pytest.fixture
def clock():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_it_runs_a_job_at_once_and_then_each_time_it_is_due(clock):
    rings = []
    periodic.every(60, "ring")(lambda: rings.append("ding"))
    for _ in range(5):
        periodic.run_due()
        clock.shift(30)
    assert len(rings) == 3


def test_it_gives_a_turn_to_one_worker_only(clock):
    periodic.every(60, "ring")(lambda: None)
    assert (periodic.run_due(), periodic.run_due()) == (["ring"], [])


def test_a_turn_taken_in_between_is_not_taken_twice(clock):
    periodic.every(60, "ring")(lambda: None)
    job = periodic._registry["ring"]
    assert periodic._take_turn(job, NOON)
    assert not periodic._take_turn(job, NOON)


def test_a_job_that_raises_is_logged_and_comes_round_again(clock, caplog):
    periodic.every(60, "boom")(lambda: 1 / 0)
    periodic.run_due()
    clock.shift(60)
    assert periodic.run_due() == ["boom"]
    assert "Periodic job boom failed" in caplog.text


def test_it_asks_the_database_once_when_nothing_is_due(clock, django_assert_num_queries):
    for number in range(5):
        periodic.every(60, f"ring {number}")(lambda: None)
    periodic.run_due()
    with django_assert_num_queries(1):
        periodic.run_due()
