"""Tasks whose worker died: back to the queue, or parked when they keep killing workers."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from jobs import seat
from jobs.models import Lease, LeasedTask, WorkerBeat, lease_length

logger = logging.getLogger("jobs.reaper")

MAX_ATTEMPTS = 5


def reap() -> int:
    """Take lost tasks from dead workers; return how many tasks that were."""
    dead = seat.dead_neighbours()
    if dead:
        Lease.objects.end_of(dead)
        WorkerBeat.objects.filter(worker_id__in=dead).delete()
        seat.leave(dead)
    now = timezone.now()
    expired = Lease.objects.filter(expires_at__lte=now).values_list("task_id", flat=True)
    return sum(_take_back(task_id, now) for task_id in [*expired, *_never_leased(now)])


def _never_leased(now: datetime) -> list[UUID]:
    old = LeasedTask.objects.running().filter(started_at__lte=now - lease_length())
    leased = Lease.objects.values_list("task_id", flat=True)
    return list(old.exclude(id__in=leased).values_list("id", flat=True))


@transaction.atomic
def _take_back(task_id: UUID, now: datetime) -> bool:
    Lease.objects.filter(task_id=task_id, expires_at__lte=now).delete()
    lost = LeasedTask.objects.select_for_update().running().filter(id=task_id)
    leased = Lease.objects.values_list("task_id", flat=True)
    task = cast(LeasedTask | None, lost.exclude(id__in=leased).first())
    if task is None:
        return False
    if len(task.worker_ids) > MAX_ATTEMPTS:
        _park(task, now)
    else:
        _run_again(task, now)
    return True


def _run_again(task: LeasedTask, now: datetime) -> None:
    """Queue the task once more, later each time: it may be what kills the workers."""
    attempts = len(task.worker_ids)
    task.status = "READY"
    task.run_after = now + timedelta(seconds=2 ** (attempts - 1) - 1)
    task.save(update_fields=["status", "run_after"])
    logger.warning("Task %s lost its worker (attempt %d), runs again", task.id, attempts)


def _park(task: LeasedTask, now: datetime) -> None:
    task.status = "FAILED"
    task.finished_at = now
    task.exception_class_path = "jobs.models.Stopping"
    task.traceback = f"Parked: {len(task.worker_ids)} workers died while they ran it."
    task.save(update_fields=["status", "finished_at", "exception_class_path", "traceback"])
    logger.error("Task %s (%s) parked: it lost its worker too often", task.id, task.task_path)
