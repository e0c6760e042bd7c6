"""Whether anything of a run that its page shows has changed: one query."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from imports.models import Run
from imports.models.runs import BEFORE_START, WORKING

# Forecasts, other imports and a worker that fell silent move without a write to the run:
# while it works, what the page shows is never older than this.
MOMENT_SECONDS = 15
YOUNG = timedelta(minutes=2)


@dataclass(frozen=True)
class Version:
    """`number` grows with every write that shows; `moment` with time, while the run works.

    `beat_at`, the worker's last sign of life, is no part of it: it comes every few seconds
    and is told apart.
    """

    number: int
    moment: int
    state: str
    beat_at: datetime | None
    started_at: datetime | None

    @property
    def token(self) -> str:
        return f"{self.number}.{self.moment}"

    @property
    def is_before(self) -> bool:
        return self.state in BEFORE_START

    @property
    def pause(self) -> int:
        return pause_of(self.started_at)


def version_of(run_id: int) -> Version | None:
    """The run's version now; None for a run that is not there."""
    known = Run.objects.filter(pk=run_id).order_by()
    row = known.values_list("versioned__number", "state", "beat_at", "started_at").first()
    if row is None:
        return None
    return version_among(*row)


def version_among(
    number: int | None, state: str, beat_at: datetime | None, started_at: datetime | None
) -> Version:
    """The version now, of columns already read."""
    now = int(timezone.now().timestamp())
    moment = now // MOMENT_SECONDS if state in WORKING else 0
    return Version(number or 0, moment, state, beat_at, started_at)


def pause_of(started_at: datetime | None) -> int:
    """Seconds until a page that watches looks again: young runs each second, old ones each
    third."""
    is_young = started_at is None or timezone.now() - started_at < YOUNG
    return 1 if is_young else 3
