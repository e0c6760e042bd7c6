"""What rows before had, in little memory."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from hashlib import blake2b
from typing import Final, Protocol

_FIRST_BITS: Final = 12
_OTHER_BITS: Final = 64 - _FIRST_BITS


def digest(key: str) -> int:
    """64 bits that stand for `key`: among a million keys, one in 37 million runs errs."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


class Seen(Protocol):
    """Digests met so far, each with the number of the first row that had it."""

    def first(self, key: int) -> int | None:
        """The row that had `key` first, or None."""
        ...

    def remember(self, key: int, row: int) -> None:
        """Note that `row` has `key`, unless an earlier one had it. Rows count from 1."""
        ...


class SeenInMemory:
    """Sorted arrays side by side, one for each value of a key's first bits.

    Takes 13 to 16 bytes a key at any number of keys (a dict takes some 150): each array
    grows on its own and by a sixteenth, so there is never a second copy of the whole.
    """

    def __init__(self) -> None:
        self._keys = [array("Q") for _ in range(1 << _FIRST_BITS)]
        self._rows = [array("I") for _ in range(1 << _FIRST_BITS)]

    def first(self, key: int) -> int | None:
        part = key >> _OTHER_BITS
        keys = self._keys[part]
        at = bisect_left(keys, key)
        return self._rows[part][at] if at < len(keys) and keys[at] == key else None

    def remember(self, key: int, row: int) -> None:
        part = key >> _OTHER_BITS
        keys = self._keys[part]
        at = bisect_left(keys, key)
        if at == len(keys) or keys[at] != key:
            keys.insert(at, key)
            self._rows[part].insert(at, row)
