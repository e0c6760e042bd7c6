"""The rows that did not go in: searched, paged and downloaded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imports.core.report import ProblemLine, write_report
from imports.models import ProblemRow, Run

PAGE = 50


@dataclass(frozen=True)
class ProblemPage:
    """A page of problem rows in file order; `first` and `last` are 1-based positions."""

    rows: list[ProblemRow]
    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE, self.total)

    @property
    def newer(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def older(self) -> int | None:
        return self.page + 1 if self.last < self.total else None


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
    page = max(1, min(page, -(-total // PAGE)))
    return ProblemPage(list(rows[(page - 1) * PAGE : page * PAGE]), total, page)


def problem_file(run: Run) -> Iterator[bytes]:
    """The problem rows as CSV, streamed: original columns, row, reason, safe for Excel."""
    rows = ProblemRow.objects.filter(run=run, plan=run.plan).order_by("row")
    lines = (
        ProblemLine(row.row, row.reason, row.first_row, tuple(row.cells))
        for row in rows.iterator(chunk_size=2000)
    )
    return write_report(tuple(run.headers), lines)


def sample_rows(run: Run) -> dict[str, list[int]]:
    """The first three row numbers of each reason, for the summary."""
    samples: dict[str, list[int]] = {}
    for reason in run.skip_reasons:
        named = ProblemRow.objects.filter(run=run, plan=run.plan, reason=reason)
        samples[reason] = list(named.order_by("row").values_list("row", flat=True)[:3])
    return samples
