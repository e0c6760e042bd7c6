"""What a sample of rows says about the rest: shares with their ranges.

The ranges are Wilson's score intervals (E. B. Wilson, 1927), which stay within 0 and 1 and
are honest for small samples and for shares near 0: of 200 rows without a skip they still
say "up to 2 %".
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Final

# Two-sided. What is forecast has a 95 % range; to call a chunk another kind, its own 99 %
# range has to lie outside the other's.
FORECAST_Z: Final = NormalDist().inv_cdf(0.975)
ALARM_Z: Final = NormalDist().inv_cdf(0.995)


@dataclass(frozen=True, slots=True)
class Range:
    """From `low` to `high`, both included."""

    low: float
    high: float

    def meets(self, other: Range) -> bool:
        return self.low <= other.high and other.low <= self.high

    def times(self, whole: float) -> Range:
        return Range(self.low * whole, self.high * whole)


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `of`, e.g. 12 rows skipped of 200 sent.

    `part` need not be whole: of credits it is the sum of each row's share of its price. Such
    a share varies at most as much as a yes or no does, so its range is no narrower than true.
    """

    part: float
    of: int

    @property
    def value(self) -> float:
        return self.part / self.of if self.of else 0.0

    @property
    def alarm_range(self) -> Range:
        """Where the true share lies, 99 % sure."""
        return wilson(self.value, self.of, ALARM_Z)

    def among(self, rest: int) -> Range:
        """How many of `rest` further rows it will be, 95 % sure.

        The rest is a sample too: its own scatter counts like a smaller first sample.
        """
        if not rest:
            return Range(0.0, 0.0)
        both = self.of * rest / (self.of + rest)
        return wilson(self.value, both, FORECAST_Z).times(rest)


def wilson(share: float, size: float, z: float) -> Range:
    """Wilson's interval of a `share` seen in `size` cases; all of 0 to 1 if there are none."""
    if size <= 0:
        return Range(0.0, 1.0)
    share = min(max(share, 0.0), 1.0)
    turned = z * z / size
    middle = (share + turned / 2) / (1 + turned)
    half = z * math.sqrt(share * (1 - share) / size + turned / (4 * size)) / (1 + turned)
    # At 0 and 1 one end is exactly that; the root would miss it by a rounding.
    low = 0.0 if share == 0 else max(0.0, middle - half)
    high = 1.0 if share == 1 else min(1.0, middle + half)
    return Range(low, high)


def is_out_of_range(share: Share, accepted: Iterable[Share]) -> bool:
    """Whether `share` is unlike every one of `accepted`; never if there is none of these."""
    ranges = [each.alarm_range for each in accepted]
    return bool(ranges) and not any(map(share.alarm_range.meets, ranges))
