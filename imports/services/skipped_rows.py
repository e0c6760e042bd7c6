"""Rows the API skipped although the check let them pass."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from cleanlist_api.records import CsvResult
from imports.core.plan import unpack_rows
from imports.models import Chunk, LedgerLine, ProblemRow, ProblemSource, Run
from imports.services import ledger

UNNAMED: Final = "skipped_by_api"
# The call's answer was lost, and its row was not found when the list was read back.
NOT_IN_LIST: Final = "not_in_list"


@dataclass(frozen=True)
class Settled:
    """Rows of a call whose fate is known: `named` were skipped, `brought` are imported; to be
    stored in the transaction that says so of the chunk."""

    named: list[ProblemRow]
    brought: list[LedgerLine]


def settled_by(run: Run, chunk: Chunk, result: CsvResult) -> Settled:
    """The rows whose fate a reply tells: all of them if it names every row it skipped, or if
    it skipped all or none; else only the skipped ones it names (at most 10 a call).

    The reply numbers rows of the upload with the header as row 1 (contract 3.2). Its
    reasons are counts; a row's own reason is known only where there is just one.
    """
    rows = unpack_rows(chunk.row_numbers)
    if not result.rows_imported:
        return settle(run, chunk, rows, reason_of(reasons_of(result)))
    told = dict.fromkeys(
        rows[n - 2] for n in result.sample_skip_rows if 0 <= n - 2 < len(rows)
    )
    named = list(told)[: result.rows_skipped]
    is_all = len(named) == result.rows_skipped
    return settle(run, chunk, named, reason_of(reasons_of(result)), is_all=is_all)


def settle(
    run: Run, chunk: Chunk, skipped: Collection[int], reason: str, *, is_all: bool = True
) -> Settled:
    """What to store of a chunk whose rows `skipped` (numbers in the file) did not go in;
    unless these are all, nothing is known of the others."""
    if run.pruned_at:
        return Settled([_row(run, chunk, row, reason, []) for row in skipped], [])
    if not skipped:
        return Settled([], ledger.lines_of(chunk) if is_all else [])
    out = set(skipped)
    named = [
        _row(run, chunk, row, reason, list(values.values()))
        for row, values in ledger.rows_of(chunk)
        if row in out
    ]
    return Settled(named, ledger.lines_of(chunk, out) if is_all else [])


def missing_rows(chunk: Chunk, found: Collection[int]) -> list[int]:
    """Rows of a chunk that are not among `found`, by their number in the file."""
    return [row for row in unpack_rows(chunk.row_numbers) if row not in found]


def reasons_of(result: CsvResult) -> dict[str, int]:
    """The reply's reasons, made to add up to the rows it skipped: what they leave open has no
    name, and reasons for more rows than that say nothing."""
    counts = result.skip_reasons.values()
    open_rows = result.rows_skipped - sum(counts)
    if open_rows < 0 or min(counts, default=0) < 0:
        return {UNNAMED: result.rows_skipped} if result.rows_skipped else {}
    given = {reason: rows for reason, rows in result.skip_reasons.items() if rows}
    return given | {UNNAMED: given.get(UNNAMED, 0) + open_rows} if open_rows else given


def reason_of(reasons: Mapping[str, int]) -> str:
    """The reason of each row a call skipped, where there is but one."""
    return next(iter(reasons)) if len(reasons) == 1 else UNNAMED


def records_of(chunk: Chunk) -> list[list[str]]:
    """The values of each row of a chunk's body, in the order of the mapped fields."""
    return [list(values.values()) for _, values in ledger.rows_of(chunk)]


def _row(run: Run, chunk: Chunk, row: int, reason: str, cells: list[str]) -> ProblemRow:
    return ProblemRow(
        run=run,
        plan=run.plan,
        chunk=chunk,
        source=ProblemSource.API,
        row=row,
        reason=reason[:30],
        cells=cells,
        search_text=" ".join(cells).lower(),
    )
