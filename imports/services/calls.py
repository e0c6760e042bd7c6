"""One call of an import, looked at closely."""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.plan import unpack_rows
from imports.models import Chunk


@dataclass(frozen=True)
class Call:
    """A chunk with the numbers its first and last row have in the file."""

    chunk: Chunk
    first_row: int
    last_row: int


def call_of(chunk: Chunk) -> Call:
    rows = unpack_rows(chunk.row_numbers)
    return Call(chunk, rows[0], rows[-1])
