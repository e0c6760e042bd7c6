"""Fetch wide, show narrow: a person's page cut from the API's larger block.

The API pages by opaque cursors, so a place in a table is the cursor of a block and how far
into the block the page begins. Cursors are passed on, never computed. The cursor that led
to a block is kept in the cache, so that Newer can cross a block's edge.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Generic, Protocol, TypeVar, overload

from django.core.cache import cache

from cleanlist_api.errors import ApiError

Row = TypeVar("Row", covariant=True)
TRAIL_SECONDS = 24 * 60 * 60


class Sliceable(Protocol[Row]):
    """A queryset or a sequence."""

    def __getitem__(self, part: slice, /) -> Iterable[Row]: ...


@dataclass(frozen=True)
class Place:
    """Where a page begins: `skip` rows into the block behind `cursor` (None = the first
    block), which is `position` rows into the whole table (0-based)."""

    cursor: str | None = None
    position: int = 0
    skip: int = 0
    size: int = 50

    @property
    def row(self) -> int:
        return self.position + 1

    @property
    def block_start(self) -> int:
        return self.position - self.skip

    def on_grid(self) -> Place:
        """The page of this size that holds the place: pages begin at multiples of the size."""
        excess = self.skip % self.size
        return replace(self, position=self.position - excess, skip=self.skip - excess)


@dataclass(frozen=True)
class Block(Generic[Row]):
    """One answer of the API: rows from `cursor` on, of `total` in all."""

    rows: Sequence[Row]
    total: int
    next_cursor: str | None


class Pieces(Sequence[Row]):
    """Rows kept packed, a hundred together, so that a page unpacks only those it shows.

    For the cache: a block of 500 leads is read for each page of 100.
    """

    SIZE = 100

    def __init__(self, rows: Sequence[Row]) -> None:
        starts = range(0, len(rows), self.SIZE)
        self._packed = [pickle.dumps(tuple(rows[at : at + self.SIZE]), 5) for at in starts]
        self._length = len(rows)

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Row]:
        return iter(self[:])

    @overload
    def __getitem__(self, part: int) -> Row: ...
    @overload
    def __getitem__(self, part: slice) -> Sequence[Row]: ...

    def __getitem__(self, part: int | slice) -> Row | Sequence[Row]:
        if isinstance(part, int):
            at = range(self._length)[part]
            return self._piece(at // self.SIZE)[at % self.SIZE]
        start, stop, step = part.indices(self._length)
        if stop <= start:
            return ()
        first, last = start // self.SIZE, (stop - 1) // self.SIZE
        rows = [row for number in range(first, last + 1) for row in self._piece(number)]
        return tuple(rows[start - first * self.SIZE : stop - first * self.SIZE : step])

    def _piece(self, number: int) -> tuple[Row, ...]:
        # Written by `__init__` alone, into a cache that holds pickles anyway.
        rows: tuple[Row, ...] = pickle.loads(self._packed[number])  # noqa: S301
        return rows


@dataclass(frozen=True)
class TablePage(Generic[Row]):
    """What a table shows. `problem` is set when the API failed and the rows are the last
    known ones, `is_local` when they come from the portal's own records, `is_old` when they
    are worth asking for anew, behind the page."""

    rows: Sequence[Row]
    place: Place
    total: int
    newer: Place | None = None
    older: Place | None = None
    as_of: datetime | None = None
    problem: ApiError | None = None
    is_local: bool = False
    is_old: bool = False

    @property
    def first(self) -> int:
        return self.place.row if self.rows else 0

    @property
    def last(self) -> int:
        return self.place.position + len(self.rows)


def cut(table: str, block: Block[Row], place: Place) -> TablePage[Row]:
    """Cut the page at `place` out of `block`; `table` names the trail of cursors."""
    place = _inside(block, place.on_grid())
    rows = block.rows[place.skip : place.skip + place.size]
    return TablePage(
        rows=rows,
        place=place,
        total=max(block.total, place.position + len(rows)),
        newer=_newer(table, place),
        older=_older(block, place),
    )


def local_page(rows: Sliceable[Row], place: Place, total: int) -> TablePage[Row]:
    """Cut the page at `place` out of our own records, `total` in all: one block, no cursor."""
    place = _flat(place)
    if place.position >= total:
        last = max(0, total - 1) // place.size * place.size
        place = _flat(replace(place, position=last))
    shown = list(rows[place.position : place.position + place.size])
    older = replace(place, position=place.position + place.size)
    newer = replace(place, position=max(0, place.position - place.size))
    return TablePage(
        rows=shown,
        place=place,
        total=total,
        newer=_flat(newer) if place.position else None,
        older=_flat(older) if place.position + len(shown) < total else None,
        is_local=True,
    )


def _flat(place: Place) -> Place:
    return replace(place, cursor=None, skip=place.position)


def _inside(block: Block[Row], place: Place) -> Place:
    """A place past the block's end becomes its last page: lists shrink between two looks."""
    if place.skip < len(block.rows):
        return place
    skip = max(0, len(block.rows) - 1) // place.size * place.size
    return replace(place, position=place.block_start + skip, skip=skip)


def _older(block: Block[Row], place: Place) -> Place | None:
    step = min(place.size, len(block.rows) - place.skip)
    ahead = replace(place, position=place.position + step, skip=place.skip + step)
    if ahead.skip < len(block.rows):
        return ahead
    if block.next_cursor:
        return replace(ahead, cursor=block.next_cursor, skip=0)
    return None


def _newer(table: str, place: Place) -> Place | None:
    if place.skip:
        step = min(place.size, place.skip)
        return replace(place, position=place.position - step, skip=place.skip - step)
    if place.cursor is None:
        return None
    before = cache.get(_trail_key(table, place.cursor))
    if before is None:
        return Place(size=place.size)
    cursor, length = before
    skip = max(0, length - 1) // place.size * place.size
    position = max(0, place.position - length + skip)
    return replace(place, cursor=cursor, position=position, skip=skip)


def remember_trail(table: str, block: Block[Row], cursor: str | None) -> None:
    """Note that `block`, reached by `cursor`, leads on to its next cursor."""
    if block.next_cursor:
        key = _trail_key(table, block.next_cursor)
        cache.set(key, (cursor, len(block.rows)), TRAIL_SECONDS)


def _trail_key(table: str, cursor: str) -> str:
    return f"trail:{sha256(f'{table} {cursor}'.encode()).hexdigest()[:40]}"
