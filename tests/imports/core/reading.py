"""Short ways to read bytes in the tests of the core."""

from __future__ import annotations

import io

from imports.core.check import check
from imports.core.dialect import Dialect
from imports.core.plan import Caps
from imports.core.sniff import sniff_stream
from imports.core.table import read_table


def rows_of(body: bytes, dialect: Dialect | None = None):
    return list(read_table(io.BytesIO(body), dialect or Dialect()))


def cells_of(body: bytes, dialect: Dialect | None = None):
    return [row.cells for row in rows_of(body, dialect)]


def sniffed(body: bytes):
    return sniff_stream(io.BytesIO(body)).dialect


def checked(body: bytes, mapping: dict[str, int], caps=None, dialect=None):
    """Sums, skipped rows and chunks of a check."""
    skips, chunks = [], []
    sums = check(
        io.BytesIO(body),
        dialect or Dialect(),
        mapping,
        caps or Caps(),
        on_skip=skips.append,
        on_chunk=chunks.append,
    )
    return sums, skips, chunks
