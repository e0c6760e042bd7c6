"""The rate budget in the database: one log, one decision at a time, every process bound.

SQLite decides one at a time because every transaction is IMMEDIATE, PostgreSQL because the
rows of the key and its organization are locked. The wall clock is the only one all processes
share; an entry from the future means that it was set back and is moved to now, so no wait is
ever longer than the window.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet

from cleanlist_api.admission import Asking, Bucket, Taken
from cleanlist_api.budget import Lane
from connections.models import LaneWait, RateBucket, RatedCall

# For how long who waits keeps others back: a page and an overdue poll the lower lanes, an
# import those behind it in the line. And then a moment of grace.
QUEUED = {Lane.PAGE: 4.0, Lane.POLL: 15.0, Lane.IMPORT: 15.0}
LONGEST_QUEUE = max(QUEUED.values())
GRACE = 1.0
# Clocks of several machines differ a little; only more than this is a clock set back.
CLOCK_TOLERANCE = 1.0
# Every so many calls the log is cut to so many windows.
PRUNE_EVERY = 50
KEEP_WINDOWS = 5


@dataclass(frozen=True)
class Meter:
    """Calls of the last window against the limit of the key; `people`: calls of people in a
    window, as it was lately."""

    used: int
    limit: int
    people: float = 0.0

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.used / self.limit)) if self.limit else 100


class DatabaseBudget:
    """The `Budget` of one key. Calls inside an open transaction are refused: they would hold
    the database while the network answers."""

    def __init__(self, key: str, *, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock

    def take(self, lane: Lane, waiter: str = "") -> float:
        """Return 0.0 and log the call, or the seconds after which to ask again.

        Who waits for an import keeps its place in the line as long as it asks again in time,
        from whichever process. `waiter` names it there; by default it is this thread.
        """
        waiter = waiter or _this_thread()
        with transaction.atomic(durable=True):
            own, organization = self._lock()
            # After the wait for the lock, or the call would go later than it is logged.
            now = self._clock()
            line = list(LaneWait.objects.filter(key=self._key))
            asking = self._asking(lane, now, organization.name, line, waiter)
            wait = max(_held(own, now), _held(organization, now), asking.wait(now))
            if wait <= 0.0:
                self._grant(lane, now, organization.name)
                _leave(line, waiter)
            elif lane in {Lane.PAGE, Lane.IMPORT} or asking.is_starving(now):
                self._queue(lane, waiter, now, wait)
        return wait

    def hold(self, seconds: float) -> None:
        """Let no call of the key or its organization go for `seconds`."""
        with transaction.atomic(durable=True):
            buckets = self._lock()
            now = self._clock()
            for bucket in buckets:
                if seconds > _held(bucket, now):
                    bucket.held_at, bucket.held_for = now, seconds
                    bucket.save(update_fields=["held_at", "held_for"])

    def learn_organization(self, organization_id: str) -> None:
        """Count the key's calls, the recent ones too, against this organization."""
        name = f"organization {organization_id}"
        with transaction.atomic(durable=True):
            own, known = self._lock()
            if known.name != name:
                RateBucket.objects.filter(pk=own.pk).update(organization=name)
                RatedCall.objects.filter(key=self._key).update(organization=name)

    def held_for(self) -> float:
        """Return for how many seconds the API still wants no calls."""
        bucket = RateBucket.objects.filter(name=self._key).first()
        now = self._clock()
        return max(0.0, bucket.held_at + bucket.held_for - now) if bucket else 0.0

    def meter(self) -> Meter:
        """Count the calls of the last windows; one query, no lock."""
        now, window = self._clock(), settings.RATE_WINDOW_SECONDS
        is_recent, by_people = Q(at__gt=now - window), Q(lane=Lane.PAGE)
        calls = RatedCall.objects.filter(key=self._key, at__gt=now - KEEP_WINDOWS * window)
        counts = calls.aggregate(
            used=Count("pk", filter=is_recent),
            people=Count("pk", filter=by_people),
            first=Min("at", filter=by_people),
        )
        # Whoever came lately is taken to go on as since then.
        since = max(window, now - counts["first"]) if counts["people"] else window
        people = counts["people"] * window / since
        return Meter(counts["used"], settings.RATE_PER_KEY, people)

    def calls_by_lane(self) -> dict[Lane, int]:
        """Count the calls of the last window by lane."""
        rows = self._recent().order_by("lane").values_list("lane").annotate(Count("pk"))
        counts = dict(rows)
        return {lane: counts.get(lane.value, 0) for lane in Lane}

    def _recent(self) -> QuerySet[RatedCall]:
        since = self._clock() - settings.RATE_WINDOW_SECONDS
        return RatedCall.objects.filter(key=self._key, at__gt=since)

    def _lock(self) -> tuple[RateBucket, RateBucket]:
        """Lock the key's row, then its organization's: everywhere in this order."""
        own = _locked(self._key)
        return own, _locked(own.organization) if own.organization else own

    def _asking(
        self, lane: Lane, now: float, organization: str, line: list[LaneWait], waiter: str
    ) -> Asking:
        calls = _recent_calls(now, self._key, organization)
        key = [taken for key, _, taken in calls if key == self._key]
        ours = [taken for _, name, taken in calls if name == organization]
        window = settings.RATE_WINDOW_SECONDS
        return Asking(
            lane,
            key=Bucket(settings.RATE_PER_KEY, window, key),
            organization=Bucket(settings.RATE_PER_ORGANIZATION, window, ours),
            waiting=_others_waiting(lane, waiter, line, now),
            ahead=_ahead(waiter, line, now) if lane is Lane.IMPORT else 0,
        )

    def _grant(self, lane: Lane, now: float, organization: str) -> None:
        call = RatedCall.objects.create(
            key=self._key, organization=organization, lane=lane.value, at=now
        )
        if call.pk % PRUNE_EVERY == 0:
            past = now - KEEP_WINDOWS * settings.RATE_WINDOW_SECONDS
            RatedCall.objects.filter(at__lt=past).delete()
            LaneWait.objects.filter(until__lt=past).delete()

    def _queue(self, lane: Lane, waiter: str, now: float, wait: float) -> None:
        until = now + min(wait, QUEUED[lane]) + GRACE / 2
        LaneWait.objects.update_or_create(
            key=self._key, waiter=waiter, defaults={"until": until, "lane": lane.value}
        )


def _this_thread() -> str:
    """One thread asks for one call at a time."""
    return f"{os.uname().nodename} {os.getpid()} {threading.get_ident()}"


def _locked(name: str) -> RateBucket:
    rows = RateBucket.objects.select_for_update().filter(name=name)
    if row := rows.first():
        return row
    RateBucket.objects.get_or_create(name=name)
    return rows.get()


def _recent_calls(now: float, key: str, organization: str) -> list[tuple[str, str, Taken]]:
    """The calls that count for the key or its organization, none of them from the future:
    of each the key, the organization, and when it went in which lane."""
    span = Bucket(1, settings.RATE_WINDOW_SECONDS, ()).span
    ours = Q(key=key) | Q(organization=organization)
    calls = RatedCall.objects.filter(ours, at__gt=now - span).order_by("at")
    rows = calls.values_list("key", "organization", "at", "lane")
    if rows and rows[len(rows) - 1][2] > now + CLOCK_TOLERANCE:
        RatedCall.objects.filter(ours, at__gt=now).update(at=now)
        rows = rows.all()
    return [(key, name, Taken(at, Lane(lane))) for key, name, at, lane in rows]


def _others_waiting(lane: Lane, waiter: str, line: list[LaneWait], now: float) -> int:
    """Count whom this lane gives way to: nobody for a page, pages for a poll."""
    above = {
        Lane.PAGE: [],
        Lane.POLL: [Lane.PAGE],
        Lane.IMPORT: [Lane.PAGE, Lane.POLL],
        Lane.SYNC: list(QUEUED),
    }[lane]
    others = (wait for wait in line if wait.waiter != waiter and _stands(wait, now))
    return sum(wait.lane in above for wait in others)


def _ahead(waiter: str, line: list[LaneWait], now: float) -> int:
    """Count the imports that began to wait before this one."""
    mine = next((wait.pk for wait in line if wait.waiter == waiter), math.inf)
    imports = (each for each in line if each.lane == Lane.IMPORT and _stands(each, now))
    return sum(each.pk < mine for each in imports)


def _leave(line: list[LaneWait], waiter: str) -> None:
    for wait in line:
        if wait.waiter == waiter:
            wait.delete()


def _stands(wait: LaneWait, now: float) -> bool:
    """Whether this wait still keeps others back; one from a clock set back does not."""
    return now < wait.until < now + LONGEST_QUEUE + GRACE


def _held(bucket: RateBucket, now: float) -> float:
    if bucket.held_at > now + CLOCK_TOLERANCE:
        bucket.held_at = now
        bucket.save(update_fields=["held_at"])
    return max(0.0, bucket.held_at + bucket.held_for - now)
