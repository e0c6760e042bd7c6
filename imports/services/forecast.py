"""When a run will be done, from the number of calls and the rate they may have."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connections import services as connections
from connections.services import Meter
from imports.models import Run
from imports.models.runs import RunState
from imports.services.beside import ALONE, LATELY_SECONDS, Beside

# What the budget lets through (docs/decisions/0003), as shares of the limit and the window.
# A call counts for a little longer than the window.
SPAN = 61 / 60
# An import's first calls go at once, up to a share; then they are spaced almost evenly, up to
# a share; what is more has to wait until the first calls leave the window.
AT_ONCE, BEFORE_FULL = 10 / 30, 28 / 30
SPACING = 1.9 / 2.0
SECONDS_A_CALL = 0.4
# Polls of enrichments, while imports take what they may.
POLLS = 3 / 30
# People, at least: who starts an import looks around as well.
PEOPLE = 1 / 30


class Lately:
    """The calls of the last minute, as of a moment ago: a page that shows a forecast in
    minutes need not know of each call at once."""

    def __init__(self) -> None:
        self._seen: tuple[float, Meter] | None = None

    def meter(self) -> Meter:
        now = time.monotonic()
        if self._seen is None or now - self._seen[0] > LATELY_SECONDS:
            self._seen = now, connections.meter()
        return self._seen[1]

    def forget(self) -> None:
        self._seen = None


lately = Lately()


def length_of(
    chunks: int,
    quotes: int = 0,
    beside: Beside = ALONE,
    *,
    first: int = 0,
    meter: Meter | None = None,
) -> timedelta:
    """How long sending `chunks` chunks takes, `quotes` of which need a quote before, after
    `first` other calls, beside other imports and beside people who go on as in the last
    minutes."""
    enriches = beside.enriches or quotes > 0
    calls = first + chunks + quotes
    return _length(calls, beside, meter or connections.meter(), enriches=enriches)


def done_at(
    run: Run, calls_left: int, beside: Beside = ALONE, now: datetime | None = None
) -> datetime | None:
    """When the last call of a sending run will be answered; None when it isn't sending, or
    when a person's word on the canary decides."""
    if run.state != RunState.SENDING or not calls_left or run.waits_for_canary:
        return None
    enriches = beside.enriches or run.enriches
    length = _length(calls_left, beside, lately.meter(), enriches=enriches)
    return _goes_on_at(run, now) + length


def starts_at(run: Run, beside: Beside, now: datetime | None = None) -> datetime:
    """When a run whose turn has not come yet will make its first call."""
    return _goes_on_at(run, now) + timedelta(seconds=beside.imports * _spacing())


def _goes_on_at(run: Run, now: datetime | None) -> datetime:
    """Now, or when a run that has let go of its worker wants one again."""
    now = now or timezone.now()
    return max(now, run.wake_at) if run.wake_at and not run.turn_expires_at else now


def _length(calls: int, beside: Beside, meter: Meter, *, enriches: bool) -> timedelta:
    limit = settings.RATE_PER_KEY
    in_all = calls + beside.calls_before_the_last_of(calls)
    if in_all + meter.used <= limit * BEFORE_FULL:
        quick = min(in_all, max(0, int(limit * AT_ONCE) - meter.used))
        slow = (in_all - quick) * max(_spacing() * SPACING, SECONDS_A_CALL)
        return timedelta(seconds=quick * SECONDS_A_CALL + slow)
    others = max(meter.people, limit * PEOPLE) + (limit * POLLS if enriches else 0)
    share = max(1 - others / limit, 1 / limit)
    return timedelta(seconds=in_all * max(_spacing() * SPAN / share, SECONDS_A_CALL))


def _spacing() -> float:
    """Seconds from call to call when all of the limit is used."""
    spacing: float = settings.RATE_WINDOW_SECONDS / settings.RATE_PER_KEY
    return spacing
