"""The rows left out, as the check page shows them: a bar, filters and a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest

from imports.core.outcomes import FIELDS, SkipReason
from imports.forms.check import CheckQuery
from imports.models import ProblemRow, ProblemSource, Run
from imports.services import problems
from imports.services.problems import ProblemPage
from imports.views.bars import Segment, stacked
from imports.views.words import reason_sentence, reason_words
from lists.links import address

# The fields a person knows a row by, best first.
TELLING = (
    "first_name",
    "last_name",
    "full_name",
    "email",
    "linkedin_url",
    "company_name",
    "company_domain",
    "phone",
    "job_title",
    "city",
)
MOST_COLUMNS = 4
_USUAL_START = re.compile(r"^https?://(www\.)?([a-z]{2}\.)?(linkedin\.com/in/)?", re.I)
DUPLICATES = (SkipReason.DUPLICATE_EMAIL, SkipReason.DUPLICATE_LINKEDIN)
SHORT: dict[str, str] = {
    SkipReason.MISSING_REQUIRED: "Not enough",
    SkipReason.DUPLICATE_EMAIL: "Same email",
    SkipReason.DUPLICATE_LINKEDIN: "Same LinkedIn",
    SkipReason.ROW_TOO_LARGE: "Too large",
    SkipReason.UNREADABLE_ROW: "Unreadable",
    SkipReason.CHANGED_SINCE: "Other values",
    SkipReason.MAY_BE_IN_LIST: "May be in",
}
# Before "row 3 of import 12".
HOW_KNOWN = {
    SkipReason.ALREADY_IMPORTED: "Same as",
    SkipReason.CHANGED_SINCE: "Other values than",
    SkipReason.MAY_BE_IN_LIST: "May be in by",
}


@dataclass(frozen=True)
class Cell:
    """`shown` leaves out what every address of its kind begins with."""

    shown: str
    text: str
    at_fault: bool


@dataclass(frozen=True)
class Line:
    """A row of the file that is left out; `number` is the spreadsheet's."""

    number: int
    cells: list[Cell]
    why: str
    sentence: str


@dataclass(frozen=True)
class ProblemTable:
    columns: list[str]
    lines: list[Line]
    page: ProblemPage


@dataclass(frozen=True)
class ReasonChip:
    label: str
    count: int
    href: str
    current: bool


def problem_table(run: Run, query: CheckQuery) -> ProblemTable:
    """The page of rows the query asks for, with the fields a person knows a row by."""
    page = problems.problem_page(run, reason=query.reason, q=query.q, page=query.page)
    fields = [] if run.pruned_at else _telling(run)
    lines = [_line(run, row, fields) for row in page.rows]
    return ProblemTable([FIELDS[field] for field in fields], lines, page)


def _telling(run: Run) -> list[str]:
    return [field for field in TELLING if field in run.mapping][:MOST_COLUMNS]


def segments(request: HttpRequest, run: Run, query: CheckQuery) -> list[Segment]:
    """All rows of the file by what would become of them; the figures filter the table."""
    reasons = dict(run.skip_reasons)
    duplicates = sum(reasons.pop(reason, 0) for reason in DUPLICATES)
    missing = reasons.pop(SkipReason.MISSING_REQUIRED, 0)
    parts = [Segment("ready", run.rows_ready, "good")]
    if missing:
        parts.append(_filter(request, query, SkipReason.MISSING_REQUIRED, missing))
    if duplicates:
        parts.append(Segment("duplicates", duplicates, "warn"))
    parts += [_filter(request, query, reason, n) for reason, n in reasons.items() if n]
    if run.rows_blank:
        parts.append(Segment("blank lines", run.rows_blank))
    return stacked(parts, run.rows_in)


def reason_chips(request: HttpRequest, run: Run, query: CheckQuery) -> list[ReasonChip]:
    all_of_them = address(request, reason=None, page=None)
    chips = [ReasonChip("All left out", run.rows_skipped, all_of_them, not query.reason)]
    for reason, number in run.skip_reasons.items():
        href = address(request, reason=reason, page=None)
        label = SHORT.get(reason) or reason_words(reason)
        chips.append(ReasonChip(label, number, href, reason == query.reason))
    return chips if run.rows_skipped else []


def _filter(request: HttpRequest, query: CheckQuery, reason: str, number: int) -> Segment:
    is_missing = reason == SkipReason.MISSING_REQUIRED
    label = "something required is missing" if is_missing else reason_words(reason).lower()
    tone = "bad" if is_missing else "accent"
    href = address(request, reason=reason, page=None)
    return Segment(label, number, tone, href, active=reason == query.reason)


def _line(run: Run, row: ProblemRow, fields: Sequence[str]) -> Line:
    places = _places(run, row)
    cells = [_cell(row, field, places[field]) for field in fields]
    return Line(row.row, cells, _why(row), reason_sentence(row.reason))


def _places(run: Run, row: ProblemRow) -> dict[str, int]:
    """Field -> index in the row's cells; rows the API named hold the mapped fields only."""
    if row.source == ProblemSource.CHECK:
        mapping: dict[str, int] = run.mapping
        return mapping
    sent = [field for field in FIELDS if field in run.mapping]
    return {field: index for index, field in enumerate(sent)}


def _cell(row: ProblemRow, field: str, place: int) -> Cell:
    text = row.cells[place].strip() if place < len(row.cells) else ""
    return Cell(_USUAL_START.sub("", text), text, at_fault=row.field == field)


def _why(row: ProblemRow) -> str:
    if row.first_row:
        same = "LinkedIn profile" if row.reason == SkipReason.DUPLICATE_LINKEDIN else "email"
        return f"Same {same} as row {row.first_row:,}"
    if row.reason in problems.KNOWN and row.value:
        which = row.value.rsplit(", ", 1)[0].replace("Row", "row", 1)
        return f"{HOW_KNOWN[SkipReason(row.reason)]} {which}"
    return reason_words(row.reason)
