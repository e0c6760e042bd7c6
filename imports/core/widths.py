"""How wide the rows of a table are, and which rows are not as wide as nearly all others.

A row with a cell too many or too few has its values in the wrong columns from there on. That
can be told only where the others agree. Two kinds of file are honest and must be read: where
many rows leave out their last, empty cells, nobody agrees; and Excel leaves them out for 16
rows at a time, so rows of the same lesser width in a run are not damaged.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, groupby, islice, pairwise
from typing import Final

from imports.core.outcomes import Problem
from imports.core.records import Record

LOOKED_AT: Final = 1_000  # rows
_NEARLY_ALL: Final = 0.9  # of the rows
_FEWEST: Final = 10  # rows that must agree before one that differs is damaged
_FEWEST_WIDER: Final = 3  # rows that must agree before they have a column without a name
# The name of a column that holds such numbers itself.
_NUMBERS = re.compile(r"(?:\b|[a-z_])(?:id|no|nr|num|number|row|index|key)\b|#|\bn\b", re.I)
_LONGEST_NUMBER: Final = 10  # digits
_RUN: Final = 8  # rows of one lesser width in a row


@dataclass(frozen=True, slots=True)
class Widths:
    """`usual` is the width nearly all of `rows` have, or 0 where they don't agree."""

    rows: int = 0
    usual: int = 0
    agreeing: int = 0

    @property
    def is_telling(self) -> bool:
        """Whether so many rows agree that one that differs is damaged."""
        return self.agreeing >= _FEWEST


def look_at_widths(rows: Iterable[Sequence[str]]) -> Widths:
    """The widths of `rows`; those of nothing but separators and spaces don't count."""
    widths = Counter(len(cells) for cells in rows if any(map(str.strip, cells)))
    total = widths.total()
    if total < _FEWEST_WIDER:
        return Widths(total)
    usual, agreeing = widths.most_common(1)[0]
    if agreeing < _NEARLY_ALL * total:
        return Widths(total)
    return Widths(total, usual, agreeing)


def name_all_columns(
    header: tuple[str, ...], widths: Widths, rows: Sequence[Sequence[str]]
) -> tuple[str, ...]:
    """`header` with "" for columns that nearly all rows have and it doesn't name.

    They stand behind the named ones, but for a single one that holds the names or numbers of
    rows, as R writes it: that stands before. Blank ones are trailing delimiters, no columns.
    """
    more = widths.usual - len(header)
    full = [cells for cells in rows if len(cells) == widths.usual]
    if more < 1 or not any(any(map(str.strip, cells[len(header) :])) for cells in full):
        return header
    names_rows = not _NUMBERS.search(header[0]) and _counts([cells[0] for cells in full])
    is_before = more == 1 and names_rows
    return ("", *header) if is_before else (*header, *[""] * more)


def _counts(cells: Sequence[str]) -> bool:
    """Whether cells count: whole numbers, each greater than the one before."""
    if not all(cell.strip().isdecimal() and len(cell) < _LONGEST_NUMBER for cell in cells):
        return False
    numbers = list(map(int, cells))
    return all(left < right for left, right in pairwise(numbers))


def mark_odd_rows(rows: Iterator[Record], widths: Widths, header: int) -> Iterator[Record]:
    """The same rows; those not as wide as nearly all others get the problem SHIFTED.

    A row as wide as a header of `header` cells, more than usual, is as it should be. Marking
    ends once more than one in ten of the rows so far were marked: they don't agree then.
    """
    expected = {widths.usual, max(widths.usual, header)}
    marked = 0
    for width, run in groupby(rows, partial(_odd_width, expected)):
        rest = iter(run)
        first = list(islice(rest, _RUN)) if width else []
        is_layout = width < widths.usual and len(first) == _RUN
        if not width or is_layout:
            yield from chain(first, rest)
            continue
        for row in chain(first, rest):
            marked += 1
            is_rare = marked <= (1 - _NEARLY_ALL) * (widths.rows + row.number)
            yield row._replace(problem=Problem.SHIFTED) if is_rare else row


def _odd_width(expected: set[int], row: Record) -> int:
    """The width of a row that is sound but for it; 0 for any other."""
    cells = row.cells
    if len(cells) in expected or row.problem or not any(map(str.strip, cells)):
        return 0
    return len(cells)
