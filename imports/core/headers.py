"""Which record is the header, if any."""

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

_MANY: Final = 60  # records looked at
_COLUMNS: Final = 200  # columns looked at
_TITLES: Final = 15  # records that may be titles above the header
_SAMPLE: Final = 64_000  # characters
_MARKED: Final = frozenset({Kind.EMAIL, Kind.URL})
_TYPED: Final = frozenset({Kind.EMAIL, Kind.URL, Kind.DATE, Kind.NUMBER})


@dataclass(frozen=True, slots=True)
class Header:
    """`row` is the header's record number, 0 if there is none."""

    row: int
    confidence: float
    note: str = ""


def find_header(text: str, dialect: Dialect) -> Header:
    """Past title lines, the first record that fills the table's width and isn't data."""
    stream = io.BytesIO(text[:_SAMPLE].encode(errors="replace"))
    dialect = Dialect("utf-8", dialect.delimiter, dialect.quotechar)
    filled = (record for record in Records(stream, dialect) if _has_text(record.cells))
    narrow = (r._replace(cells=r.cells[:_COLUMNS]) for r in filled)
    records = list(islice(narrow, _MANY))
    if records and is_separator_line(records[0].cells):
        del records[0]
    if not records:
        return Header(1, 0.5)
    width = _usual_width(records)
    at = _candidate(records, width)
    candidate, below = records[at], records[at + 1 :]
    named = sum(map(names_a_field, candidate.cells))
    evidence = 1.0 if named > 1 else _evidence(candidate.cells, [r.cells for r in below])
    if evidence < 0 and not named:
        return Header(0, min(0.95, 0.6 - evidence / 4), "No header row was found.")
    confidence = 1.0 if named else min(0.95, 0.6 + evidence / 4)
    return Header(candidate.number, round(confidence, 2), _note(candidate.number))


def _candidate(records: Sequence[Record], width: int) -> int:
    """The place of a record that names fields, or is as wide as the table, or nearly so."""
    filling = [i for i, record in enumerate(records) if _fills(record.cells, width)]
    for is_header in (
        lambda cells: sum(map(names_a_field, cells)) > 1,
        lambda cells: len(cells) == width,
        bool,
    ):
        for place in filling[:_TITLES]:
            if is_header(records[place].cells):
                return place
    return 0


def _note(row: int) -> str:
    return f"The header is row {row}; what is above it is left out." if row > 1 else ""


def _has_text(cells: Sequence[str]) -> bool:
    return any(map(str.strip, cells))


def _usual_width(records: Sequence[Record]) -> int:
    """The table's width: that of most records, or of the first where no two agree."""
    widths = Counter(len(record.cells) for record in records)
    usual = max(widths, key=lambda width: widths[width] * width)
    if widths[usual] > 1:
        return usual
    return next((len(r.cells) for r in records if len(r.cells) > 1), 1)


def _fills(cells: Sequence[str], width: int) -> bool:
    """Whether a record reaches over the table, as titles and notes do not."""
    filled = sum(bool(cell.strip()) for cell in cells)
    if cells[0].startswith("#") and len(cells) < width:
        return False
    return filled * 2 > min(width, 2) and filled * 2 >= width


def _evidence(cells: Sequence[str], below: Sequence[Sequence[str]]) -> float:
    """Above 0 for a header, below 0 for a row like the others."""
    kinds = [kind_of(cell) for cell in cells]
    if _MARKED.intersection(kinds):
        return -2.0
    if not below:
        typed = [c for c, kind in zip(cells, kinds, strict=True) if kind in _TYPED]
        return -0.5 if typed and not all(map(is_year, typed)) else 0.0
    return sum(_column_evidence(c, cells[c], kinds[c], below) for c in range(len(cells)))


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
