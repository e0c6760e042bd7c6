"""A file as a table: its header and the rows after it, streamed."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO, Final

from imports.core.dialect import Dialect
from imports.core.outcomes import UnreadableFile
from imports.core.records import Record, Records

MAX_COLUMNS: Final = 16_384  # what a spreadsheet has

Row = Record


class Table:
    """`header` as the file has it; iterating gives the rows after it, once.

    Each Row has `number` (every record of the file counted from 1, so that numbers match
    a spreadsheet's), `line` (its first physical line), `cells`, and `problem` if damaged.
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
    """The table in `stream`, read from where the stream stands. The stream stays open.

    Without a header (`header_row` 0) the columns are named "Column 1", "Column 2" …
    Raises UnreadableFile if there is no such header row.
    """
    records = Records(stream, dialect)
    rows = iter(records)
    if dialect.header_row == 0:
        return _without_header(records, rows)
    for row in rows:
        if row.number == dialect.header_row:
            return Table(records, tuple(row.cells), rows)
    raise UnreadableFile(
        f"Row {dialect.header_row} should be the header, but the file ends before it.",
        dialect.header_row,
    )


def _without_header(records: Records, rows: Iterator[Row]) -> Table:
    first = next(rows, None)
    if first is not None and is_separator_line(first.cells):
        first = next(rows, None)
    if first is None:
        raise UnreadableFile("The file has no rows.")
    header = tuple(f"Column {n}" for n in range(1, len(first.cells) + 1))
    return Table(records, header, chain([first], rows))


def is_separator_line(cells: list[str]) -> bool:
    """Excel's `sep=;` line, as it comes out of a parser that splits at the separator."""
    text = "".join(cells).lower()
    return text.startswith("sep=") and len(text) <= 5 and len(cells) <= 2
