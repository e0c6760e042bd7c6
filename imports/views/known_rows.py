"""What the check page says of rows that earlier imports have brought into the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from imports.models import Again, Run
from imports.views.words import count

MOST_NAMED = 3


@dataclass(frozen=True)
class Choice:
    """A button: `value` for the form, and what it does."""

    value: str
    label: str


@dataclass(frozen=True)
class KnownRows:
    """`title`: how many rows are known and from where; `meaning`: what becomes of them."""

    title: SafeString
    meaning: str
    choices: list[Choice]


def known_rows(run: Run) -> KnownRows | None:
    """None where no row of the file is known; one query."""
    if not run.known:
        return None
    same, changed = run.known["same"], run.known["changed"]
    unsure = run.known.get("unsure", 0)
    return KnownRows(
        _title(run, same + changed + unsure, unsure),
        _meaning(run, same, changed, unsure),
        _choices(run, same, changed, unsure),
    )


def _title(run: Run, rows: int, unsure: int) -> SafeString:
    these = "this row" if run.rows_in == 1 else f"these {run.rows_in:,} rows"
    was = "was" if rows == 1 else "were"
    done = "sent" if unsure else "imported"
    return format_html("{} of {} {} {} {}", f"{rows:,}", these, was, done, _by(run))


def _by(run: Run) -> SafeString:
    """Where from: the imports that brought most of them."""
    counts: dict[str, int] = run.known["runs"]
    most = sorted(counts, key=lambda pk: -counts[pk])
    others = len(most) - MOST_NAMED
    named = list(Run.objects.filter(pk__in=most[:MOST_NAMED]).order_by("started_at"))
    said = format_html_join(", ", '{} (<a href="{}">import {}</a>)', map(_named, named))
    return format_html("{}{}", said, f" and by {count(others, 'more')}" if others > 0 else "")


def _named(run: Run) -> Sequence[object]:
    """An import that is not over is said to be at it."""
    url = reverse("imports:run", args=[run.pk])
    if not run.is_over or not run.started_at:
        return "or are on their way", url, run.pk
    day = timezone.localtime(run.started_at)
    year = "" if day.year == timezone.localdate().year else f" {day.year}"
    return f"on {day.day} {day:%B}{year}", url, run.pk


def _meaning(run: Run, same: int, changed: int, unsure: int) -> str:
    others = (
        f"{count(changed, 'row')} {'has' if changed == 1 else 'have'} other values for the "
        "same person. An import changes no lead, so each would make a second one."
        if changed
        else ""
    )
    doubts = (
        f"Of {count(unsure, 'row')} it isn't known whether {'it' if unsure == 1 else 'they'} "
        "went in: say so on that import's page, then check again."
        if unsure
        else ""
    )
    match Again(run.again):
        case Again.ALL:
            done = "They go in again: their leads will be in the list twice."
        case Again.CHANGED:
            left_out = f"The {same:,} that are the same" if same else "They"
            done = f"{left_out} are left out, those with other values go."
        case _:
            several = same + changed + unsure > 1
            done = "They are left out." if several else "It is left out."
    return " ".join(filter(None, (done, others, doubts)))


def _choices(run: Run, same: int, changed: int, unsure: int) -> list[Choice]:
    rows = same + changed + unsure
    each = {
        Again.NONE: "Leave it out" if rows == 1 else "Leave them out",
        Again.CHANGED: f"Import the {changed:,} with other values" if changed else "",
        Again.ALL: f"Import {'all ' if rows > 1 else ''}{rows:,} again",
    }
    if rows == changed:
        each.pop(Again.CHANGED)
    return [
        Choice(value.value, label)
        for value, label in each.items()
        if label and value != run.again
    ]
