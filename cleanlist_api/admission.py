"""Who may call now, and when to ask again. Pure: the log and the moment come in.

People come first. A page may take any free slot. The other lanes may take one only if people
would still find two slots within about four seconds, and one more every ten seconds from
then on, until the window has turned over. On top of that

- imports stand in line: the one that has waited longest goes first;
- their calls are, past a third of the window, spaced almost evenly, so that slots come back
  evenly too;
- polls have a fifth of the window, after the first three spaced evenly, and leave four slots
  free, except when the last poll is twenty seconds old;
- sync leaves twelve.

Everyone gives way to a waiting page, imports and sync also to a poll that has waited too long.
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
# Calls of people for each call of the limit, while others are at work.
PERSON_SHARE = 6 / 30
# Of the limit.
IMPORT_BURST = 10 / 30
# Of an even spacing: an import that asks a moment late may make up for it.
IMPORT_SPACING = 0.9
POLL_SHARE = 6 / 30
POLL_BURST = 3 / 30
POLL_LEAVES = 4 / 30
SYNC_LEAVES = 12 / 30
# Of the window: a poll this old makes the next one as good as an import's call.
POLL_PATIENCE = 20 / 60
# Of the window: how finely a moment is looked for.
STEP = 1 / 60
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

    def serves_people(self, at: float, left: int, pace: float) -> bool:
        """True if with `left` free slots people find enough at every moment from now on.

        They want two within their wait and then `pace` slots a second, to the nearest whole
        slot. It is scarcest just before a slot comes back, so only these moments are looked
        at.
        """
        wanted = min(PERSON_SLOTS, self.limit - 1)
        soon = at + self.window * PERSON_WAIT
        back = self.expiries[bisect_right(self.expiries, at) :]
        return left >= 0 and all(
            left + number >= wanted + math.floor(pace * (expiry - soon) + 0.5)
            for number, expiry in enumerate(back)
            if expiry > soon
        )

    def last(self, lane: Lane) -> float:
        return max((call.at for call in self.taken if call.lane is lane), default=-math.inf)


@dataclass(frozen=True)
class Asking:
    """One question: may `lane` call now, with `waiting` calls of other lanes to give way to
    and `ahead` imports before it in the line?"""

    lane: Lane
    key: Bucket
    organization: Bucket
    waiting: int = 0
    ahead: int = 0

    def wait(self, now: float) -> float:
        """Return 0.0 for yes, else the seconds after which asking again is worthwhile."""
        if self._admits(now):
            return 0.0
        for moment in sorted(moment for moment in self._moments(now) if moment > now):
            if self._admits(moment):
                return moment - now
        return self.key.window / 60

    def _moments(self, now: float) -> Iterable[float]:
        """The moments at which the answer may turn."""
        for bucket in (self.key, self.organization):
            for expiry in bucket.expiries:
                yield expiry + _A_HAIR
                yield expiry - bucket.window * PERSON_WAIT + _A_HAIR
        step = max(self._spacing / 2, self.key.window * STEP)
        yield from (now + step * number for number in range(1, int(self.key.span / step) + 1))
        yield self.key.last(Lane.IMPORT) + self._import_spacing + _A_HAIR
        last_poll = self.key.last(Lane.POLL)
        yield last_poll + self._spacing / POLL_SHARE + _A_HAIR
        yield last_poll + self.key.window * POLL_PATIENCE + _A_HAIR

    def is_starving(self, at: float) -> bool:
        """True for a poll when none has gone for so long that imports must give way."""
        age = at - self.key.last(Lane.POLL)
        return self.lane is Lane.POLL and age >= self.key.window * POLL_PATIENCE

    def _admits(self, at: float) -> bool:
        if self.lane is Lane.PAGE:
            return all(bucket.free(at) > 0 for bucket in (self.key, self.organization))
        if self.lane is Lane.IMPORT:
            has_turn = self._is_spaced(at)
        elif self.lane is Lane.POLL:
            has_turn = self._has_poll_left(at)
        else:
            has_turn = self._leaves(SYNC_LEAVES, at)
        return has_turn and self._serves_people(at)

    def _has_poll_left(self, at: float) -> bool:
        polls, limit = self.key.polls(at), self.key.limit
        if polls >= max(1, int(limit * POLL_SHARE)):
            return False
        age = at - self.key.last(Lane.POLL)
        if polls >= limit * POLL_BURST and age < self._spacing / POLL_SHARE:
            return False
        return self._leaves(POLL_LEAVES, at) or self.is_starving(at)

    def _leaves(self, share: float, at: float) -> bool:
        """True if this call would leave that share of the key's limit free in both buckets."""
        reserve = min(math.ceil(self.key.limit * share), self.key.limit - 1)
        needed = 1 + reserve + self.waiting
        return all(bucket.free(at) >= needed for bucket in (self.key, self.organization))

    def _serves_people(self, at: float) -> bool:
        pace = PERSON_SHARE / self._spacing
        return all(
            bucket.serves_people(at, bucket.free(at) - 1 - self.waiting - self.ahead, pace)
            for bucket in (self.key, self.organization)
        )

    def _is_spaced(self, at: float) -> bool:
        in_window = self.key.limit - self.key.free(at)
        if in_window + self.ahead < self.key.limit * IMPORT_BURST:
            return True
        return at - self.key.last(Lane.IMPORT) >= self._import_spacing

    @property
    def _import_spacing(self) -> float:
        """How long after the last import's call this one may go."""
        return self._spacing * (IMPORT_SPACING + self.ahead)

    @property
    def _spacing(self) -> float:
        return self.key.window / self.key.limit
