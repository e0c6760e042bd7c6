"""What rows before had, in little memory."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Protocol


class Seen(Protocol):
    """Keys met so far, each with the number of the first row that had it."""

    def first(self, key: str) -> int | None:
        """The row that had `key` first, or None."""
        ...

    def remember(self, key: str, row: int) -> None:
        """Note that `row` has `key`, unless an earlier one had it. Rows count from 1."""
        ...


class SeenInMemory:
    """An open hash table of 8-byte digests: 18 to 36 bytes a key instead of some 150."""

    def __init__(self) -> None:
        self._count = 0
        self._make_room(1 << 12)

    def first(self, key: str) -> int | None:
        return self._rows[self._slot(_digest(key))] or None

    def remember(self, key: str, row: int) -> None:
        digest = _digest(key)
        slot = self._slot(digest)
        if self._rows[slot]:
            return
        self._digests[slot], self._rows[slot] = digest, row
        self._count += 1
        if self._count * 3 > self._size * 2:
            self._grow()

    def _slot(self, digest: int) -> int:
        """Where `digest` is, or the free slot where it would go (row 0 means free)."""
        slot = digest & self._mask
        while self._rows[slot] and self._digests[slot] != digest:
            slot = (slot + 1) & self._mask
        return slot

    def _make_room(self, size: int) -> None:
        self._size, self._mask = size, size - 1
        self._digests = array("Q", bytes(8 * size))
        self._rows = array("L", bytes(array("L").itemsize * size))

    def _grow(self) -> None:
        kept = [
            (digest, row) for digest, row in zip(self._digests, self._rows, strict=True) if row
        ]
        self._make_room(self._size * 2)
        for digest, row in kept:
            slot = self._slot(digest)
            self._digests[slot], self._rows[slot] = digest, row


def _digest(key: str) -> int:
    return int.from_bytes(blake2b(key.encode(errors="replace"), digest_size=8).digest())
