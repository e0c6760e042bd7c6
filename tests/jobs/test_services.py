from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from jobs.heart import Heart
from jobs.housekeeping import forget_dead_workers, prune_finished_tasks
from jobs.models import Lease, LeasedTask, WorkerBeat
from jobs.services import is_worker_alive, queued, sign_of_life
from tests.jobs import chores

pytestmark = pytest.mark.django_db


def age(seconds: float) -> None:
    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(seconds=seconds))


def test_without_workers_there_is_no_sign_of_life():
    assert (sign_of_life(), is_worker_alive()) == (None, False)


def test_a_beat_is_a_sign_of_life():
    Heart("w1").beat()
    assert is_worker_alive()


def test_a_worker_silent_for_a_lease_counts_as_dead(settings):
    Heart("w1").beat()
    age(settings.JOB_LEASE_SECONDS + 1)
    assert not is_worker_alive()


def test_a_beat_renews_the_leases_of_its_worker_only(settings):
    for task_id in ("00000000-0000-0000-0000-000000000001", "0" * 31 + "2"):
        Lease.objects.take(task_id, f"w{task_id[-1]}")
    soon = timezone.now() + timedelta(seconds=1)
    Lease.objects.update(expires_at=soon)
    Heart("w1").beat()
    renewed = dict(Lease.objects.values_list("worker_id", "expires_at"))
    assert renewed["w1"] > soon + timedelta(seconds=settings.JOB_LEASE_SECONDS / 2)
    assert renewed["w2"] == soon


def test_it_forgets_workers_that_died_yesterday():
    Heart("w1").beat()
    age(90_000)
    forget_dead_workers()
    assert not WorkerBeat.objects.exists()


@pytest.mark.parametrize(
    "status, days, left",
    [
        ("SUCCESSFUL", 2, 0),
        ("SUCCESSFUL", 0, 1),
        ("FAILED", 2, 1),
        ("FAILED", 15, 0),
        ("READY", 30, 1),
        ("RUNNING", 30, 1),
    ],
)
def test_it_prunes_what_has_ended_long_ago(status, days, left):
    chores.broken.enqueue()
    past = timezone.now() - timedelta(days=days)
    LeasedTask.objects.update(status=status, finished_at=past)
    prune_finished_tasks()
    assert LeasedTask.objects.count() == left


def test_it_counts_how_often_a_task_waits():
    assert queued(chores.broken) == 0
    for _ in range(3):
        chores.broken.enqueue()
    LeasedTask.objects.filter(pk=LeasedTask.objects.first().pk).update(status="RUNNING")
    assert queued(chores.broken) == 2
