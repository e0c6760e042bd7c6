from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs import seat
from jobs.heart import Heart
from jobs.housekeeping import forget_dead_workers, forget_finished_tasks
from jobs.models import WorkerBeat
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


def test_a_worker_silent_for_too_long_counts_as_dead(settings):
    Heart("w1").beat()
    age(settings.WORKER_SILENT_SECONDS + 1)
    assert not is_worker_alive()


def test_a_beat_forgets_a_neighbour_that_was_killed(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    WorkerBeat.objects.create(
        worker_id="dead", host="h", pid=1, started_at=timezone.now(), beat_at=timezone.now()
    )
    (tmp_path / "workers").mkdir()
    (tmp_path / "workers" / "dead").touch()
    Heart("w1").beat()
    assert [beat.worker_id for beat in WorkerBeat.objects.all()] == ["w1"]


def test_a_beat_leaves_a_neighbour_that_lives(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    with seat.taken("w2"):
        Heart("w2").beat()
        Heart("w1").beat()
    assert WorkerBeat.objects.count() == 2


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
        ("RUNNING", 0, 1),
        ("RUNNING", 2, 0),
    ],
)
def test_it_forgets_what_ended_or_was_lost_long_ago(status, days, left):
    chores.broken.enqueue()
    past = timezone.now() - timedelta(days=days)
    DBTaskResult.objects.update(status=status, started_at=past, finished_at=past)
    forget_finished_tasks()
    assert DBTaskResult.objects.count() == left


def test_it_counts_how_often_a_task_waits():
    assert queued(chores.broken) == 0
    for _ in range(3):
        chores.broken.enqueue()
    DBTaskResult.objects.filter(pk=DBTaskResult.objects.first().pk).update(status="RUNNING")
    assert queued(chores.broken) == 2
