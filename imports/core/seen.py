"""What rows before had, in little memory."""

from __future__ import annotations

from array import array
from hashlib import blake2b
from typing import Final, Protocol

_FIRST_BITS: Final = 12
_OTHER_BITS: Final = 64 - _FIRST_BITS
_48_BITS: Final = (1 << 48) - 1
_KEY: Final = 6  # bytes
_RECORD: Final = 10
_BLOCK: Final = 64  # records


def digest(key: str) -> int:
    """64 bits that stand for `key`: with the 60 of them that `SeenInMemory` keeps, one in
    two million files of a million keys errs."""
    return int.from_bytes(blake2b(key.encode(), digest_size=8).digest(), "little")


class Seen(Protocol):
    """Digests met so far, each with the number of the first row that had it."""

    def first(self, key: int) -> int | None:
        """The row that had `key` first, or None."""
        ...

    def remember(self, key: int, row: int) -> None:
        """Note that `row` has `key`; of several the first counts. Rows count from 1."""
        ...


class SeenInMemory:
    """Records of ten bytes in blocks, a chain of blocks for each value of a key's first bits.

    Takes 11 to 13 bytes a key at any number of keys (a dict takes some 150): a full block
    is followed by another, so nothing is ever copied or held twice. A record is 48 bits of
    the key, after the 12 that chose its chain, and the row.
    """

    def __init__(self) -> None:
        self._chains: list[tuple[bytearray, ...]] = [()] * (1 << _FIRST_BITS)
        self._counts = array("I", bytes(4 << _FIRST_BITS))

    def first(self, key: int) -> int | None:
        sought = (key >> 4 & _48_BITS).to_bytes(_KEY, "little")
        for block in self._chains[key >> _OTHER_BITS]:
            at = block.find(sought)
            while at >= 0:
                if at % _RECORD == 0:
                    row = int.from_bytes(block[at + _KEY : at + _RECORD], "little")
                    return row or None  # of a place still free
                at = block.find(sought, at + 1)
        return None

    def remember(self, key: int, row: int) -> None:
        first_bits = key >> _OTHER_BITS
        chain, number = self._chains[first_bits], self._counts[first_bits]
        at = number % _BLOCK * _RECORD
        if at == 0:
            self._chains[first_bits] = chain = (*chain, bytearray(_BLOCK * _RECORD))
        record = (key >> 4 & _48_BITS) | row << 8 * _KEY
        chain[-1][at : at + _RECORD] = record.to_bytes(_RECORD, "little")
        self._counts[first_bits] = number + 1
