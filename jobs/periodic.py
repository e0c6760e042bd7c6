"""Jobs that come round: asked for often, writing only when there is something to do."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from django.db import Error
from django.utils import timezone

from jobs import pulse
from jobs.changes import Changes
from jobs.models import Schedule

logger = logging.getLogger("jobs.periodic")

Once = Callable[[], None]
Look = Callable[[], float]
# A process asks so often whether a job that comes round once a day or so is due.
LONGEST_BETWEEN_LOOKS = 60.0
# Two looks at a database that changes all the time are so far apart.
SHORTEST_BETWEEN_LOOKS = 0.2
# Seconds until a job asks again whether it is due, though nothing was written.
ASK_AGAIN = 10.0
AFTER_A_FAILURE = 1.0


@dataclass(frozen=True)
class PeriodicJob:
    """`run` returns after how many seconds the job is to be looked at again; once the
    database has changed, `rest` seconds are enough."""

    name: str
    run: Callable[[], float]
    rest: float


_registry: dict[str, PeriodicJob] = {}


def always() -> bool:
    return True


def every(
    seconds: float, name: str, *, is_due: Callable[[], bool] = always
) -> Callable[[Once], Once]:
    """Have the decorated function called about every `seconds` by one of the workers, if
    `is_due`, which only reads.

    Import the module from the app's `ready()`. The function must be short, or enqueue a
    task. An exception is logged and the job comes round again.
    """

    def register(function: Once) -> Once:
        rest = min(seconds, LONGEST_BETWEEN_LOOKS)

        def run() -> float:
            if is_due() and _take(name, seconds):
                function()
            return rest if is_due is always else max(rest, ASK_AGAIN)

        _registry[name] = PeriodicJob(name, run, rest)
        return function

    return register


def look(name: str) -> Callable[[Look], Look]:
    """Have each worker call the decorated function whenever the database has changed, and
    without a change after as many seconds as it returned last.

    It has to be harmless when two do it at once, and to write nothing when there is nothing
    to do. An exception is logged.
    """

    def register(function: Look) -> Look:
        _registry[name] = PeriodicJob(name, function, SHORTEST_BETWEEN_LOOKS)
        return function

    return register


@dataclass
class Rounds:
    """One process's way through the jobs: when it looks at each of them next."""

    changes: Changes = field(default_factory=Changes)
    _again_at: dict[str, float] = field(default_factory=dict)
    _looked_at: dict[str, float] = field(default_factory=dict)
    _news: set[str] = field(default_factory=set)

    def go(self) -> None:
        """Look at every job whose time has come."""
        if self._has_changed():
            self._news = set(_registry)
        now = time.monotonic()
        for job in [each for each in _registry.values() if self._is_time(each, now)]:
            self._news.discard(job.name)
            self._looked_at[job.name] = now
            self._again_at[job.name] = now + _run(job)

    def _is_time(self, job: PeriodicJob, now: float) -> bool:
        if job.name in self._news:
            return now - self._looked_at.get(job.name, 0.0) >= job.rest
        return now >= self._again_at.get(job.name, 0.0)

    def _has_changed(self) -> bool:
        try:
            return self.changes.have_come()
        except Error:
            logger.exception("The database did not answer")
            return False


def _run(job: PeriodicJob) -> float:
    """Seconds until the job is looked at again; never raises."""
    try:
        with pulse.busy():
            return job.run()
    except Exception:
        logger.exception("Periodic job %s failed", job.name)
        return AFTER_A_FAILURE


def _take(name: str, seconds: float) -> bool:
    """Whether this process does the job this time: one of all that ask."""
    now = timezone.now()
    if Schedule.objects.filter(name=name, next_at__gt=now).exists():
        return False
    Schedule.objects.get_or_create(name=name, defaults={"next_at": now})
    due = Schedule.objects.filter(name=name, next_at__lte=now)
    return due.update(next_at=now + timedelta(seconds=seconds)) == 1
