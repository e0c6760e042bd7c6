"""The row ledger: lines for rows that are known to be in the list."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Collection, Iterator, Mapping

from imports.core.clean import clean
from imports.core.matching import keys_of
from imports.core.plan import unpack_rows
from imports.models import Chunk, LedgerLine


def lines_of(chunk: Chunk, skipped: Collection[int] = ()) -> list[LedgerLine]:
    """A line for each row of `chunk` but those `skipped` (numbers in the file), to be written
    in the transaction that says so of the chunk."""
    return [line_of(row, values) for row, values in rows_of(chunk) if row not in skipped]


def rows_of(chunk: Chunk) -> Iterator[tuple[int, dict[str, str]]]:
    """Each row of a chunk: its number in the file, and its values by canonical field."""
    text = zlib.decompress(chunk.body.packed_csv).decode()
    fields, *records = csv.reader(io.StringIO(text, newline=""))
    for row, values in zip(unpack_rows(chunk.row_numbers), records, strict=True):
        yield row, dict(zip(fields, values, strict=True))


def line_of(row: int, values: Mapping[str, str]) -> LedgerLine:
    """The line of a row with these values by canonical field, as they would be sent today:
    an older version of the portal may have sent them as they stood in the file."""
    keys, whole = keys_of({field: clean(field, value) for field, value in values.items()})
    other_key = _signed(keys[1]) if len(keys) > 1 else None
    return LedgerLine(row, _signed(keys[0]), other_key, _signed(whole))


def _signed(digest: int) -> int:
    """64 bits as databases store them."""
    return digest - (1 << 64) if digest >> 63 else digest
