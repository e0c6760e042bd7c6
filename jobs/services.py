"""What the rest of the portal may ask about background work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Max, QuerySet
from django.utils import timezone
from django_tasks.base import Task

from jobs.engines import engine
from jobs.models import WorkerBeat, longest_silence, longest_step


def sign_of_life() -> datetime | None:
    """Return when a worker last gave a sign of life, or None if none ever did."""
    newest: datetime | None = WorkerBeat.objects.aggregate(newest=Max("beat_at"))["newest"]
    return newest


def beating() -> QuerySet[WorkerBeat]:
    """Workers that gave a sign of life lately."""
    return WorkerBeat.objects.filter(beat_at__gt=timezone.now() - longest_silence())


def is_worker_alive() -> bool:
    """Whether some worker lives."""
    return beating().exists()


@dataclass(frozen=True)
class Health:
    """Workers that live, how many of them are `stuck`: they beat, but their task has not got
    on for longer than any step takes; and how long ago the newest sign of life was."""

    workers: int
    stuck: int
    seconds_ago: float | None


def health() -> Health:
    """How the workers are; three small queries."""
    newest = sign_of_life()
    age = (timezone.now() - newest).total_seconds() if newest else None
    stuck = beating().filter(got_on_at__lt=timezone.now() - longest_step())
    return Health(beating().count(), stuck.count(), age)


def queued(task: Task[..., Any]) -> int:
    """Count how often a task waits for a worker."""
    return engine().queued(task)
