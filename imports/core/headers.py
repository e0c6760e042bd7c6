"""Which record is the header, if any, and how many full rows would be left out above it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from imports.core.cells import Kind, is_year, kind_of
from imports.core.columns import names_a_field
from imports.core.dialect import Dialect
from imports.core.records import Record, Records
from imports.core.table import is_separator_line

MOST_ROWS_ABOVE: Final = 3  # full rows above the header that need no question
_MANY: Final = 60  # records looked at
_COLUMNS: Final = 200  # columns looked at
_TITLES: Final = 15  # records that may be titles above the header
_BLOCK: Final = 10  # records that tell the width of the table below one
_SAMPLE: Final = 64_000  # characters
_MARKED: Final = frozenset({Kind.EMAIL, Kind.URL})
_TYPED: Final = frozenset({Kind.EMAIL, Kind.URL, Kind.DATE, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Header:
    """`row` is the header's record number, 0 if there is none.

    `rows_above`: rows above it that are as full as those of a table, not titles or notes.
    """

    row: int
    confidence: float
    note: str = ""
    rows_above: int = 0


def find_header(text: str, dialect: Dialect) -> Header:
    """Past title lines, the first record that names the columns of the rows below it."""
    stream = io.BytesIO(text[:_SAMPLE].encode(errors="replace"))
    dialect = Dialect("utf-8", dialect.delimiter, dialect.quotechar)
    filled = (record for record in Records(stream, dialect) if _filled(record.cells))
    narrow = (r._replace(cells=r.cells[:_COLUMNS]) for r in filled)
    records = list(islice(narrow, _MANY))
    if records and is_separator_line(records[0].cells):
        del records[0]
    if not records:
        return Header(1, 0.5)
    rows = [record.cells for record in records]
    at = _lower_of_two(rows, _candidate(rows))
    named = _named(rows[at])
    evidence = 1.0 if named > 1 else _evidence(rows[at], rows[at + 1 :])
    if evidence < 0 and not named:
        return Header(0, min(0.95, 0.6 - evidence / 4), "No header row was found.")
    confidence = 1.0 if named else min(0.95, 0.6 + evidence / 4)
    return _header(records, at, round(confidence, 2))


def _header(records: Sequence[Record], at: int, confidence: float) -> Header:
    number, above = records[at].number, _full_rows([r.cells for r in records[:at]])
    if number == 1:
        return Header(1, confidence)
    note = f"The header is row {number}; what is above it is left out."
    return Header(number, confidence, note, above)


def _candidate(rows: Sequence[Sequence[str]]) -> int:
    """The place of the first plausible header, or of the first row as wide as the table.

    A row that names two fields is one; so is one whose texts stand over numbers, dates or
    e-mails. Of two such rows the first counts if a table stands between them; else what is
    above the row that names fields are titles.
    """
    width = _usual_width(rows)
    naming = [i for i, cells in enumerate(rows) if _named(cells) > 1 and _heads(rows, i)]
    telling = [
        i for i in range(min(len(rows) - 1, _TITLES)) if _heads(rows, i) and _tells(rows, i)
    ]
    if naming and telling and _full_rows(rows[telling[0] + 1 : naming[0]]) > MOST_ROWS_ABOVE:
        return telling[0]
    if naming:
        return naming[0]
    filling = [i for i, cells in enumerate(rows) if _fills(cells, width)][:_TITLES]
    exact = next((i for i in filling if len(rows[i]) == width), None)
    if exact is None:
        return filling[0] if filling else 0
    return exact - 1 if exact - 1 in filling and _is_above(rows, exact, width) else exact


def _is_above(rows: Sequence[Sequence[str]], at: int, width: int) -> bool:
    """Whether the row above `at`, a cell narrower or wider than the table, is its header."""
    above = rows[at - 1]
    if abs(len(above) - width) != 1 or _MARKED.intersection(map(kind_of, above)):
        return False
    below = rows[at + 1 :]
    return _named(above) > 0 or _evidence(above, rows[at:]) > max(
        0.0, _evidence(rows[at], below)
    )


def _lower_of_two(rows: Sequence[Sequence[str]], at: int) -> int:
    """The place of the second row of a header of two, where the first has gaps."""
    if at + 1 >= len(rows):
        return at
    upper, lower = rows[at], rows[at + 1]
    has_gaps = _filled(upper) < _filled(lower) and _filled(lower) >= len(upper) - 1
    return at + 1 if has_gaps and _named(lower) > 1 and not _is_marked(lower) else at


def _heads(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether a row reaches over the rows just below it, within a cell, and isn't data."""
    cells, below = rows[at], rows[at + 1 : at + 1 + _BLOCK]
    if not below:
        return _filled(cells) > 1 and not _is_marked(cells)
    width = _usual_width(below)
    return _fills(cells, width) and not _is_marked(cells)


def _tells(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Whether the texts of a row stand over columns of numbers, dates and the like."""
    below = rows[at + 1 : at + 1 + _BLOCK]
    is_near = abs(len(rows[at]) - _usual_width(below)) < 2
    return len(below) > 1 and is_near and _evidence(rows[at], below) > 0


def _is_marked(cells: Sequence[str]) -> bool:
    return bool(_MARKED.intersection(map(kind_of, cells)))


def _named(cells: Sequence[str]) -> int:
    return sum(map(names_a_field, cells))


def _filled(cells: Sequence[str]) -> int:
    return sum(bool(cell.strip()) for cell in cells)


def _full_rows(rows: Sequence[Sequence[str]]) -> int:
    """How many rows look like those of a table: two cells or more, in as many as others."""
    widths = Counter(len(cells) for cells in rows if _filled(cells) > 1)
    return max(widths.values(), default=0)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """The table's width: that of most records, or of the first where no two agree."""
    widths = Counter(map(len, rows))
    usual = max(widths, key=lambda width: widths[width] * width)
    if widths[usual] > 1:
        return usual
    return next((len(cells) for cells in rows if len(cells) > 1), 1)


def _fills(cells: Sequence[str], width: int) -> bool:
    """Whether a record reaches over the table, as titles and notes do not."""
    filled = _filled(cells)
    if cells[0].startswith("#") and len(cells) < width:
        return False
    return filled * 2 > min(width, 2) and filled * 2 >= width


def _evidence(cells: Sequence[str], below: Sequence[Sequence[str]]) -> float:
    """Above 0 for a header, below 0 for a row like the others.

    A header that lacks a cell may lack its first one, as R writes it.
    """
    if _is_marked(cells):
        return -2.0
    if not below:
        kinds = [(cell, kind_of(cell)) for cell in cells]
        typed = [cell for cell, kind in kinds if kind in _TYPED]
        return -0.5 if typed and not all(map(is_year, typed)) else 0.0
    ways = [cells]
    if len(cells) == _usual_width(below) - 1:
        ways.append(["", *cells])
    return max(
        sum(_column_evidence(c, way[c], kind_of(way[c]), below) for c in range(len(way)))
        for way in ways
    )


def _column_evidence(
    column: int, cell: str, kind: Kind, below: Sequence[Sequence[str]]
) -> float:
    values = [row[column] for row in below if column < len(row) and row[column].strip()]
    if not values or kind is Kind.EMPTY or is_year(cell):
        return 0.0
    kinds = Counter(map(kind_of, values))
    usual, count = kinds.most_common(1)[0]
    if count < 0.8 * len(values):
        return 0.0
    if usual in _TYPED:
        return -1.0 if kind is usual else 1.0
    is_repeated = len(values) > 4 and cell in values
    return -0.5 if is_repeated else 0.0
