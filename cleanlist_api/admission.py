"""Who may call now, and when to ask again. Pure: the log and the moment come in.

People come first. A page may take any free slot. An import may take one only if a person who
comes right after would still find two within about four seconds, and past a third of the
window its calls are spaced evenly, so that slots come back evenly too. Polls have a fifth of
the window, after the first three spaced evenly, and leave four slots free (where an import
leaves no four, a poll gets through all the same when the last is twenty seconds old). Sync
leaves twelve. Everyone gives way to a waiting page.

The numbers are those of 30 calls in 60 seconds and scale with both.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from cleanlist_api.budget import Lane

# Of the window: what is added to it against clocks and networks that are not exact.
MARGIN = 1 / 60
# Of the window: how long a person may wait for a slot behind an import.
PERSON_WAIT = 4.1 / 60
PERSON_SLOTS = 2
# Of the limit.
IMPORT_BURST = 10 / 30
POLL_SHARE = 6 / 30
POLL_BURST = 3 / 30
POLL_LEAVES = 4 / 30
SYNC_LEAVES = 12 / 30
# Of the window: a poll this old makes the next one as good as an import's call.
POLL_PATIENCE = 20 / 60
_A_HAIR = 1e-6


@dataclass(frozen=True)
class Taken:
    """One call that was let go, `at` in seconds of any clock."""

    at: float
    lane: Lane


@dataclass(frozen=True)
class Bucket:
    """The calls that count against one limit: `taken` sorted by time."""

    limit: int
    window: float
    taken: Sequence[Taken]

    @property
    def span(self) -> float:
        """How long a call counts."""
        return self.window * (1 + MARGIN)

    @cached_property
    def expiries(self) -> list[float]:
        return [call.at + self.span for call in self.taken]

    @cached_property
    def poll_expiries(self) -> list[float]:
        return [call.at + self.span for call in self.taken if call.lane is Lane.POLL]

    def free(self, at: float) -> int:
        return self.limit - (len(self.expiries) - bisect_right(self.expiries, at))

    def polls(self, at: float) -> int:
        return len(self.poll_expiries) - bisect_right(self.poll_expiries, at)

    def soon(self, at: float) -> int:
        """How many slots come back within a person's wait."""
        before = bisect_right(self.expiries, at)
        return bisect_right(self.expiries, at + self.window * PERSON_WAIT) - before

    def last(self, lane: Lane) -> float:
        return max((call.at for call in self.taken if call.lane is lane), default=-math.inf)


@dataclass(frozen=True)
class Asking:
    """One question: may `lane` call now, with `waiting` page calls in the queue?"""

    lane: Lane
    key: Bucket
    organization: Bucket
    waiting: int = 0

    def wait(self, now: float) -> float:
        """Return 0.0 for yes, else the seconds after which asking again is worthwhile."""
        moments = sorted(moment for moment in self._moments() if moment > now)
        for moment in [now, *moments]:
            if self._admits(moment):
                return moment - now
        return self.key.window / 60

    def _moments(self) -> Iterable[float]:
        """The moments at which the answer may turn."""
        for bucket in (self.key, self.organization):
            for expiry in bucket.expiries:
                yield expiry + _A_HAIR
                yield expiry - bucket.window * PERSON_WAIT + _A_HAIR
        yield self.key.last(Lane.IMPORT) + self._spacing + _A_HAIR
        last_poll = self.key.last(Lane.POLL)
        yield last_poll + self._spacing / POLL_SHARE + _A_HAIR
        yield last_poll + self.key.window * POLL_PATIENCE + _A_HAIR

    def _admits(self, at: float) -> bool:
        buckets = (self.key, self.organization)
        if self.lane is Lane.PAGE:
            return all(bucket.free(at) > 0 for bucket in buckets)
        if self.lane is Lane.IMPORT:
            return self._is_spaced(at) and self._leaves_a_person_room(at)
        if self.lane is Lane.POLL:
            return self._admits_poll(at)
        return self._leaves(SYNC_LEAVES, at)

    def _admits_poll(self, at: float) -> bool:
        polls, limit = self.key.polls(at), self.key.limit
        age = at - self.key.last(Lane.POLL)
        if polls >= max(1, int(limit * POLL_SHARE)):
            return False
        if polls >= limit * POLL_BURST and age < self._spacing / POLL_SHARE:
            return False
        is_starving = age >= self.key.window * POLL_PATIENCE
        return self._leaves(POLL_LEAVES, at) or (
            is_starving and self._leaves_a_person_room(at)
        )

    def _leaves(self, share: float, at: float) -> bool:
        """True if this call would leave that share of the key's limit free in both buckets."""
        reserve = min(math.ceil(self.key.limit * share), self.key.limit - 1)
        needed = 1 + reserve + self.waiting
        return all(bucket.free(at) >= needed for bucket in (self.key, self.organization))

    def _leaves_a_person_room(self, at: float) -> bool:
        return all(
            self._leaves_room_in(bucket, at) for bucket in (self.key, self.organization)
        )

    def _leaves_room_in(self, bucket: Bucket, at: float) -> bool:
        left = bucket.free(at) - 1 - self.waiting
        wanted = min(PERSON_SLOTS, bucket.limit - 1)
        return left >= 0 and left + bucket.soon(at) >= wanted

    def _is_spaced(self, at: float) -> bool:
        in_window = self.key.limit - self.key.free(at)
        if in_window < self.key.limit * IMPORT_BURST:
            return True
        return at - self.key.last(Lane.IMPORT) >= self._spacing

    @property
    def _spacing(self) -> float:
        return self.key.window / self.key.limit
