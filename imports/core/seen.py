"""What rows before had, in little memory."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Protocol


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
    """An open hash table in two arrays: 18 to 36 bytes a key, a dict takes some 150."""

    def __init__(self) -> None:
        self._count = 0
        self._make_room(1 << 12)

    def first(self, key: int) -> int | None:
        return self._rows[self._slot(key)] or None

    def remember(self, key: int, row: int) -> None:
        slot = self._slot(key)
        if self._rows[slot]:
            return
        self._keys[slot], self._rows[slot] = key, row
        self._count += 1
        if self._count * 3 > self._size * 2:
            self._grow()

    def _slot(self, key: int) -> int:
        """Where `key` is, or the free slot where it would go (row 0 means free)."""
        rows, keys, mask = self._rows, self._keys, self._size - 1
        slot = key & mask
        while rows[slot] and keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _make_room(self, size: int) -> None:
        self._size = size
        self._keys = array("Q", bytes(8 * size))
        self._rows = array("I", bytes(4 * size))

    def _grow(self) -> None:
        keys, rows = self._keys, self._rows
        self._make_room(self._size * 2)
        for key, row in zip(keys, rows, strict=True):
            if row:
                slot = self._slot(key)
                self._keys[slot], self._rows[slot] = key, row
