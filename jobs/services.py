"""What the rest of the portal may ask about background work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, QuerySet
from django.utils import timezone
from django_tasks.base import Task

from jobs.models import LeasedTask, WorkerBeat


def sign_of_life() -> datetime | None:
    """Return when a worker last gave a sign of life, or None if none ever did."""
    newest: datetime | None = WorkerBeat.objects.aggregate(newest=Max("beat_at"))["newest"]
    return newest


def beating() -> QuerySet[WorkerBeat]:
    """Workers that gave a sign of life within the length of a lease."""
    since = timezone.now() - timedelta(seconds=settings.JOB_LEASE_SECONDS)
    return WorkerBeat.objects.filter(beat_at__gt=since)


def is_worker_alive() -> bool:
    """Whether some worker lives."""
    return beating().exists()


def queued(task: Task[..., Any]) -> int:
    """Count how often a task waits for a worker."""
    return LeasedTask.objects.ready().filter(task_path=task.module_path).count()
