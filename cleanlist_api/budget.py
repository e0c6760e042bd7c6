"""The rate budget, seen from a call: ask for a slot, or be told when to ask again."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class Lane(StrEnum):
    """Who is asking, the more urgent first."""

    PAGE = "page"
    IMPORT = "import"
    POLL = "poll"
    SYNC = "sync"


class Budget(Protocol):
    def take(self, lane: Lane) -> float:
        """Return 0.0 and count the call, or the seconds after which asking is worthwhile."""
        ...

    def hold(self, seconds: float) -> None:
        """Let nobody call for `seconds`: the API has answered 429."""
        ...


class Unlimited:
    """A budget that never says wait."""

    def take(self, lane: Lane) -> float:
        return 0.0

    def hold(self, seconds: float) -> None:
        return None


class Prepaid:
    """A budget whose first slot the caller has already taken; further tries pay as usual.

    For a caller that must not begin before it has a slot: an import marks a chunk as in
    flight only when its call can leave at once.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._paid = True

    def take(self, lane: Lane) -> float:
        if self._paid:
            self._paid = False
            return 0.0
        return self._budget.take(lane)

    def hold(self, seconds: float) -> None:
        self._budget.hold(seconds)
