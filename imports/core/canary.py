"""Which rows of a plan go first as its canary: few, from all over the file.

Deterministic: the same plan gives the same rows, so a worker that died and the one after it
choose alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

# Enough for a 95 % range of at most ±7 points; a third of a full chunk.
MOST_ROWS: Final = 200
# Of a small plan no more than every fourth row, so that there is a rest worth waiting for.
SHARE: Final = 4
# How many chunks give rows: each of them has to be read and written anew.
MOST_DONORS: Final = 20


@dataclass(frozen=True, slots=True)
class Gift:
    """The places (from 0, rising) of the rows that the chunk at `index` gives away."""

    index: int
    places: tuple[int, ...]


def size_of(rows: int) -> int:
    """How many of a plan's `rows` its canary takes, before the caps of a call."""
    return min(MOST_ROWS, max(1, rows // SHARE))


def donors_of(chunks: int) -> list[int]:
    """Indexes of the chunks that give rows: all of a few, else evenly spread ones."""
    return _spread(chunks, min(chunks, MOST_DONORS))


def choose(weights: Sequence[Sequence[int]], wanted: int, room: int) -> list[Gift]:
    """Choose `wanted` rows, evenly, from donors whose rows have these `weights` in bytes.

    Each donor gives by the number of its rows and keeps at least one, so that no chunk is
    emptied. Fewer than `wanted` if the donors have no more to give, or if together the rows
    would weigh more than `room`.
    """
    while wanted > 0:
        gifts = _gifts([len(rows) for rows in weights], wanted)
        weight = sum(weights[gift.index][place] for gift in gifts for place in gift.places)
        if weight <= room:
            return gifts
        wanted = min(wanted - 1, wanted * room // weight)
    return []


def _gifts(sizes: Sequence[int], wanted: int) -> list[Gift]:
    shares = _shares([size - 1 for size in sizes], wanted)
    each = enumerate(zip(sizes, shares, strict=True))
    return [Gift(at, tuple(_spread(size, share))) for at, (size, share) in each if share]


def _shares(sizes: Sequence[int], wanted: int) -> list[int]:
    """Split `wanted` in proportion to `sizes`, no part above its size, the sum exact."""
    whole = sum(sizes)
    wanted = min(wanted, whole)
    if not whole:
        return [0 for _ in sizes]
    ends = [wanted * reached // whole for reached in accumulate(sizes)]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]


def _spread(length: int, count: int) -> list[int]:
    """`count` places of `length`, each in the middle of a stretch of equal length."""
    return [(2 * at + 1) * length // (2 * count) for at in range(count)]
