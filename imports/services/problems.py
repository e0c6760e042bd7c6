"""The rows that did not go in: searched, paged and downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from imports.core.report import ProblemLine, write_report
from imports.models import ProblemRow, Run
from imports.services.pages import NumberedPage, page_within, span_of

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
    total = rows.count()
    page = page_within(page, total)
    return ProblemPage(total, page, list(rows[span_of(page)]))


def problem_file(run: Run) -> Iterator[bytes]:
    """The problem rows as CSV, streamed: original columns, row, reason, safe for Excel."""
    rows = ProblemRow.objects.filter(run=run, plan=run.plan).order_by("row")
    lines = (
        ProblemLine(row.row, row.reason, row.first_row, tuple(row.cells))
        for row in rows.iterator(chunk_size=2000)
    )
    return write_report(tuple(run.headers), lines)


def sample_rows(run: Run) -> dict[str, list[int]]:
    """The first three row numbers of each reason, for the summary; one query."""
    place = Window(RowNumber(), partition_by=F("reason"), order_by="row")
    named = ProblemRow.objects.filter(run=run, plan=run.plan).annotate(place=place)
    samples: dict[str, list[int]] = {}
    for reason, row in named.filter(place__lte=SAMPLE).values_list("reason", "row"):
        samples.setdefault(reason, []).append(row)
    return samples
