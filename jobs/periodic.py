"""Jobs that come round: each turn is taken by one worker, whichever asks first."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from jobs.models import Turn

logger = logging.getLogger("jobs.periodic")


@dataclass(frozen=True)
class PeriodicJob:
    name: str
    every: timedelta
    function: Callable[[], object]


_registry: dict[str, PeriodicJob] = {}


def every(seconds: float, name: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """Have the decorated function called about every `seconds` by one of the workers.

    Import the module from the app's `ready()`. The function must be short, or enqueue a
    task: it runs between two tasks of a worker. An exception is logged and the job comes
    round again.
    """

    def register(function: Callable[[], None]) -> Callable[[], None]:
        _registry[name] = PeriodicJob(name, timedelta(seconds=seconds), function)
        return function

    return register


def run_due() -> list[str]:
    """Run every job whose turn this process gets; return their names."""
    now = timezone.now()
    waiting = set(Turn.objects.filter(next_at__gt=now).values_list("name", flat=True))
    due = [job for job in _registry.values() if job.name not in waiting]
    mine = [job for job in due if _take_turn(job, now)]
    for job in mine:
        _run(job)
    return [job.name for job in mine]


def _take_turn(job: PeriodicJob, now: datetime) -> bool:
    Turn.objects.get_or_create(name=job.name, defaults={"next_at": now})
    due = Turn.objects.filter(name=job.name, next_at__lte=now)
    return due.update(next_at=now + job.every) == 1


def _run(job: PeriodicJob) -> None:
    try:
        job.function()
    except Exception:
        logger.exception("Periodic job %s failed", job.name)
