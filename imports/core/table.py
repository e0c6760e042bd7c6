"""A file as a table: its header and the rows after it, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from typing import BinaryIO, Final

from imports.core.dialect import Dialect
from imports.core.outcomes import UnreadableFile
from imports.core.records import Record, Records
from imports.core.widths import (
    LOOKED_AT,
    Widths,
    look_at_widths,
    mark_odd_rows,
    name_all_columns,
)

MAX_COLUMNS: Final = 16_384  # what a spreadsheet has

Row = Record


class Table:
    """`header` as the file has it; iterating gives the rows after it, once.

    Each Row has `number` (every record of the file counted from 1, so that numbers match
    a spreadsheet's), `line` (its first physical line), `cells`, and `problem` if damaged.
    Columns that rows have and the header doesn't name have the name "".
    """

    def __init__(self, records: Records, header: tuple[str, ...], rows: Iterator[Row]) -> None:
        if len(header) > MAX_COLUMNS:
            raise UnreadableFile(
                f"The file has {len(header):,} columns; an import takes up to {MAX_COLUMNS:,}."
            )
        self.header = header
        records.width = len(header)
        self._rows = rows

    def __iter__(self) -> Iterator[Row]:
        return self._rows


def read_table(stream: BinaryIO, dialect: Dialect) -> Table:
    """The table in `stream`, read from where the stream stands; it must be seekable.

    The first 1,000 rows are looked at before, for their width. The stream stays open. Without
    a header (`header_row` 0) the columns are named "Column 1", "Column 2" …
    Raises UnreadableFile if there is no such header row.
    """
    start = stream.tell()
    header, widths = _looked_at(stream, dialect)
    stream.seek(start)
    records = Records(stream, dialect)
    rows = _after_header(iter(records), dialect.header_row)
    if widths.is_telling:
        rows = mark_odd_rows(rows, widths, len(header))
    return Table(records, header, rows)


def _looked_at(stream: BinaryIO, dialect: Dialect) -> tuple[tuple[str, ...], Widths]:
    """The header with a name for each column of the rows, and how wide the rows are."""
    records = Records(stream, dialect)
    rows = iter(records)
    header = _header_cells(rows, dialect.header_row)
    records.width = len(header)
    sample = [row.cells for row in islice(rows, LOOKED_AT)]
    if dialect.header_row == 0:
        widths = look_at_widths([header, *sample])
        columns = max(len(header), widths.usual)
        return tuple(f"Column {n}" for n in range(1, columns + 1)), widths
    widths = look_at_widths(sample)
    return name_all_columns(header, widths, sample), widths


def _header_cells(rows: Iterator[Row], header_row: int) -> tuple[str, ...]:
    """The cells of the header; of the first row where there is no header."""
    for row in rows:
        if row.number == header_row or (not header_row and not is_separator_line(row.cells)):
            return tuple(row.cells)
    if not header_row:
        raise UnreadableFile("The file has no rows.")
    raise UnreadableFile(
        f"Row {header_row} should be the header, but the file ends before it.", header_row
    )


def _after_header(rows: Iterator[Row], header_row: int) -> Iterator[Row]:
    for row in rows:
        if row.number == header_row:
            return rows
        if not header_row:
            return rows if is_separator_line(row.cells) else chain([row], rows)
    return rows


def is_separator_line(cells: list[str]) -> bool:
    """Excel's `sep=;` line, as it comes out of a parser that splits at the separator."""
    text = "".join(cells).lower()
    return text.startswith("sep=") and len(text) <= 5 and len(cells) <= 2
