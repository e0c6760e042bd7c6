"""The rows that did not go in: searched, paged and downloaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from imports.core.outcomes import FIELDS, SkipReason
from imports.core.plan import unpack_rows
from imports.core.report import ProblemLine, write_report
from imports.models import Chunk, ChunkState, ProblemRow, ProblemSource, Run
from imports.services.pages import NumberedPage, cut
from imports.services.skipped_rows import records_of
from imports.services.sums import rows_of

# Calls proven to have had no effect.
UNSENT = [ChunkState.FAILED, ChunkState.NOT_SENT]
NEVER_SENT = "The import ended before this row was sent. It is not in the list."
# Reasons that are another import's; `value` says which.
KNOWN = frozenset(
    {SkipReason.ALREADY_IMPORTED, SkipReason.CHANGED_SINCE, SkipReason.MAY_BE_IN_LIST}
)
# Row numbers named of each reason.
SAMPLE = 3


@dataclass(frozen=True)
class ProblemPage(NumberedPage):
    """A page of problem rows in file order."""

    rows: list[ProblemRow]


def problem_page(run: Run, *, reason: str = "", q: str = "", page: int = 1) -> ProblemPage:
    """Rows of the run's plan with `reason` and with `q` in a cell or as row number."""
    rows = ProblemRow.objects.filter(run=run, plan=run.plan)
    if reason:
        rows = rows.filter(reason=reason)
    if q.isdecimal():
        rows = rows.filter(row=int(q)) | rows.filter(search_text__contains=q)
    elif q:
        rows = rows.filter(search_text__contains=q.lower())
    return ProblemPage(*cut(rows, page))


def problem_file(run: Run) -> Iterator[bytes]:
    """The rows left out as CSV, streamed: original columns, row, reason, safe for Excel.

    After those that were skipped come those of calls that failed or were not sent, with
    the columns that were mapped, once the run is over. Rows of unknown calls may be in the
    list, so they are not among them. While skipped rows are not named, the last line says
    how many are.
    """
    return write_report(
        tuple(run.headers), chain(_skipped(run), _not_in_the_list(run), _unnamed(run))
    )


def _skipped(run: Run) -> Iterator[ProblemLine]:
    rows = ProblemRow.objects.filter(run=run, plan=run.plan).order_by("row")
    for row in rows.iterator(chunk_size=2000):
        as_sent = row.source == ProblemSource.API
        cells = _as_in_file(run, row.cells) if as_sent and row.cells else row.cells
        why = f"{row.value}." if row.reason in KNOWN and row.value else ""
        yield ProblemLine(row.row, row.reason, row.first_row, tuple(cells), why)


def _not_in_the_list(run: Run) -> Iterator[ProblemLine]:
    if not run.is_over or run.pruned_at:
        return
    failed = Chunk.objects.of_plan(run).filter(state__in=UNSENT).select_related("body")
    for chunk in failed.order_by("number").iterator(chunk_size=10):
        why = chunk.problem or NEVER_SENT
        for row, values in zip(unpack_rows(chunk.row_numbers), records_of(chunk), strict=True):
            yield ProblemLine(row, chunk.state, None, tuple(_as_in_file(run, values)), why)


def _unnamed(run: Run) -> Iterator[ProblemLine]:
    """At the end, how many skipped rows are in the file, where that is not all."""
    rows = rows_of(run)
    if rows.unnamed:
        why = f"{rows.named:,} of {rows.skipped:,} skipped rows are named so far."
        yield ProblemLine(None, "not_named", None, (), why)


def _as_in_file(run: Run, values: Sequence[str]) -> list[str]:
    """Values of the mapped fields, as a call sends them, under the file's own columns."""
    cells = [""] * len(run.headers)
    fields = (field for field in FIELDS if field in run.mapping)
    for field, value in zip(fields, values, strict=True):
        cells[run.mapping[field]] = value
    return cells


def sample_rows(run: Run) -> dict[str, list[int]]:
    """The first three row numbers of each reason, for the summary; one query."""
    place = Window(RowNumber(), partition_by=F("reason"), order_by="row")
    named = ProblemRow.objects.filter(run=run, plan=run.plan).annotate(place=place)
    samples: dict[str, list[int]] = {}
    for reason, row in named.filter(place__lte=SAMPLE).values_list("reason", "row"):
        samples.setdefault(reason, []).append(row)
    return samples
