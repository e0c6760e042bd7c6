"""Rows the API skipped although the check let them pass."""

from __future__ import annotations

import csv
import io
import zlib
from collections.abc import Collection

from cleanlist_api.records import CsvResult
from imports.core.plan import unpack_rows
from imports.models import Chunk, ProblemRow, ProblemSource, Run

UNNAMED = "skipped_by_api"
# The call's answer was lost, and its row was not found when the list was read back.
NOT_IN_LIST = "not_in_list"


def record_api_skips(run: Run, chunk: Chunk, result: CsvResult) -> None:
    """Keep the rows a reply names (at most 10 a call), under their numbers in the file.

    The reply numbers rows of the upload with the header as row 1 (contract 3.2). Its
    reasons are counts; a row's own reason is known only where there is just one.
    """
    if not result.sample_skip_rows:
        return
    records = records_of(chunk)
    rows = unpack_rows(chunk.row_numbers)
    reason = next(iter(result.skip_reasons)) if len(result.skip_reasons) == 1 else UNNAMED
    named = [n - 2 for n in result.sample_skip_rows if 0 <= n - 2 < len(rows)]
    ProblemRow.objects.bulk_create(
        [_row(run, chunk, rows[at], reason, records[at]) for at in named],
        ignore_conflicts=True,
    )


def record_missing(run: Run, chunk: Chunk, found: Collection[int]) -> int:
    """Keep the rows of a chunk that are not among `found` (numbers in the file); how many."""
    each = zip(unpack_rows(chunk.row_numbers), records_of(chunk), strict=True)
    missing = [(row, cells) for row, cells in each if row not in found]
    ProblemRow.objects.bulk_create(
        [_row(run, chunk, row, NOT_IN_LIST, cells) for row, cells in missing],
        ignore_conflicts=True,
    )
    return len(missing)


def records_of(chunk: Chunk) -> list[list[str]]:
    """The values of each row of a chunk's body, in the order of the mapped fields."""
    body = zlib.decompress(chunk.body.packed_csv).decode()
    _, *records = csv.reader(io.StringIO(body, newline=""))
    return records


def _row(run: Run, chunk: Chunk, row: int, reason: str, cells: list[str]) -> ProblemRow:
    return ProblemRow(
        run=run,
        plan=run.plan,
        chunk=chunk,
        source=ProblemSource.API,
        row=row,
        reason=reason,
        cells=cells,
        search_text=" ".join(cells).lower(),
    )
