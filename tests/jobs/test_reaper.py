from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs import seat
from jobs.models import Lease, LeasedTask, WorkerBeat
from jobs.reaper import MAX_ATTEMPTS, reap
from tests.jobs import chores

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_seats(settings, tmp_path):
    settings.VAR_DIR = tmp_path


@pytest.fixture
def running():
    """A task that worker w1 runs."""
    chores.broken.enqueue()
    task = LeasedTask.objects.get()
    task.claim("w1")
    return task


def expire() -> None:
    Lease.objects.update(expires_at=timezone.now())


def test_it_leaves_a_leased_task_alone(running):
    assert reap() == 0


def test_it_returns_a_task_whose_lease_ran_out(running):
    expire()
    assert reap() == 1
    running.refresh_from_db()
    assert (running.status, running.worker_ids) == ("READY", ["w1"])
    assert not Lease.objects.exists()


def test_it_returns_a_task_once(running):
    expire()
    reap()
    assert reap() == 0


def test_it_finds_a_task_that_was_never_leased(running, settings):
    Lease.objects.all().delete()
    assert reap() == 0
    long_ago = timezone.now() - timedelta(seconds=settings.JOB_LEASE_SECONDS + 1)
    LeasedTask.objects.update(started_at=long_ago)
    assert reap() == 1


def test_it_ignores_the_lease_of_a_task_that_ended(running):
    LeasedTask.objects.update(status="SUCCESSFUL")
    expire()
    assert reap() == 0
    assert not Lease.objects.exists()


@pytest.mark.parametrize("attempts, seconds", [(1, 0), (2, 1), (3, 3), (5, 15)])
def test_it_waits_longer_before_each_new_attempt(attempts, seconds, running):
    LeasedTask.objects.update(worker_ids=["w"] * attempts)
    expire()
    reap()
    running.refresh_from_db()
    wait = (running.run_after - timezone.now()).total_seconds()
    assert seconds - 1 < wait <= seconds


def test_it_parks_a_task_that_keeps_killing_workers(running, caplog):
    LeasedTask.objects.update(worker_ids=["w"] * (MAX_ATTEMPTS + 1))
    expire()
    reap()
    running.refresh_from_db()
    assert (running.status, running.traceback) == (
        "FAILED",
        "Parked: 6 workers died while they ran it.",
    )
    assert "tests.jobs.chores.broken) parked" in caplog.text


def test_it_knows_a_dead_neighbour_by_its_free_lock(running, tmp_path):
    now = timezone.now()
    WorkerBeat.objects.create(worker_id="w1", host="h", pid=1, started_at=now, beat_at=now)
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "w1").touch()
    assert reap() == 1
    assert not WorkerBeat.objects.exists()
    assert list((tmp_path / "workers").iterdir()) == []


def test_it_knows_a_living_neighbour_by_its_lock(running):
    with seat.taken("w1"):
        assert seat.dead_neighbours() == []
        assert reap() == 0
