"""What the sandbox's own log says of the calls it got."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

MINUTE = 60.0


@dataclass(frozen=True, order=True)
class Call:
    """One call as the sandbox saw it; `at` in seconds since the epoch."""

    at: float
    key: str
    path: str
    status: int


def calls_of(entries: Iterable[dict[str, Any]]) -> list[Call]:
    """The calls of a ledger, oldest first."""
    calls = [
        Call(entry["wall"], entry["key"], entry["path"], entry["status"])
        for entry in entries
        if entry["kind"] == "request"
    ]
    return sorted(calls, key=lambda call: call.at)


def most_in_a_minute(calls: Sequence[Call]) -> int:
    """The most calls that any 60 seconds hold."""
    moments = [call.at for call in calls]
    return max(
        (bisect_left(moments, moment + MINUTE) - n for n, moment in enumerate(moments)),
        default=0,
    )


def most_of_a_key(calls: Sequence[Call]) -> int:
    """The same for the key that called most."""
    keys = {call.key for call in calls}
    return max(
        (most_in_a_minute([call for call in calls if call.key == key]) for key in keys),
        default=0,
    )


def refused(calls: Sequence[Call]) -> int:
    """Answers that say "too many calls"."""
    return sum(call.status == 429 for call in calls)


def between(calls: Sequence[Call], begin: float, end: float) -> list[Call]:
    return [call for call in calls if begin <= call.at <= end]


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of all are not above; 0.0 of nothing."""
    ranked = sorted(values)
    return ranked[math.ceil(share * len(ranked)) - 1] if ranked else 0.0
