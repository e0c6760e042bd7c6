"""All imports, newest first, with their sums: two queries for the sums of a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, Sum

from imports.models import Chunk, Run, RunState
from imports.models.runs import BEFORE_START, WORKING, RunQuerySet
from imports.services import sums
from imports.services.pages import NumberedPage, page_within, span_of
from imports.services.sums import RowSums
from people.models import Person

# A menu of more can't be read; the search finds the files of others.
MOST_LISTS = 50
# What the filter offers: address word -> label and states.
KINDS: dict[str, tuple[str, frozenset[RunState]]] = {
    "running": ("Running", WORKING | {RunState.CHECKING}),
    "paused": ("Paused", frozenset({RunState.PAUSED})),
    "drafts": ("Not started", frozenset({RunState.UPLOADED, RunState.CHECKED})),
    "finished": (
        "Finished",
        frozenset({RunState.FINISHED, RunState.FINISHED_WITH_SKIPS, RunState.NOT_AS_APPROVED}),
    ),
    "failed": ("Failed", frozenset({RunState.FAILED})),
    "cancelled": ("Cancelled", frozenset({RunState.CANCELLED})),
}


@dataclass(frozen=True)
class Filters:
    """What to show; an empty field narrows nothing.

    `kind` is a word of KINDS, `by` who uploaded, `since` when at the earliest, `q` a part
    of the file's name.
    """

    kind: str = ""
    by: Person | None = None
    list_id: str = ""
    since: datetime | None = None
    q: str = ""

    @property
    def are_set(self) -> bool:
        """Whether anything but the kind narrows."""
        return replace(self, kind="") != Filters()


@dataclass(frozen=True)
class HistoryRow:
    """A run with its sums. `charged`: credits, None while the API has not told any."""

    run: Run
    rows: RowSums
    charged: int | None


@dataclass(frozen=True)
class HistoryPage(NumberedPage):
    """`counts`: how many runs that pass the other filters each kind of KINDS has."""

    rows: list[HistoryRow]
    counts: dict[str, int]

    @property
    def everything(self) -> int:
        return sum(self.counts.values())

    @property
    def is_live(self) -> bool:
        """Some import on this page still moves by itself."""
        moving = WORKING | {RunState.CHECKING}
        return any(row.run.state in moving for row in self.rows)


def history_page(filters: Filters, page: int = 1) -> HistoryPage:
    """A page of the runs that pass the filters, newest first."""
    runs = _filtered(filters)
    counts = count_kinds(runs)
    total = counts[filters.kind] if filters.kind in KINDS else sum(counts.values())
    page = page_within(page, total)
    if filters.kind in KINDS:
        runs = runs.filter(state__in=KINDS[filters.kind][1])
    runs = runs.select_related("created_by", "started_by")
    shown = list(runs[span_of(page)])
    return HistoryPage(total, page, _with_sums(shown), counts)


def lists_imported_into(chosen: str = "") -> list[tuple[str, str]]:
    """Id and latest name of the lists that had imports last, by name; `chosen` is always
    among them."""
    latest = Run.objects.exclude(list_id="").order_by().values("list_id")
    newest = latest.annotate(newest=Max("pk")).order_by("-newest").values("newest")
    wanted = Q(pk__in=newest[:MOST_LISTS])
    if chosen:
        wanted |= Q(pk__in=newest.filter(list_id=chosen))
    named = Run.objects.filter(wanted).values_list("list_id", "list_name")
    return sorted(named, key=lambda pair: pair[1].casefold())


def _filtered(filters: Filters) -> RunQuerySet:
    runs = Run.objects.all()
    if filters.by:
        runs = runs.filter(created_by=filters.by)
    if filters.list_id:
        runs = runs.filter(list_id=filters.list_id)
    if filters.since:
        runs = runs.filter(created_at__gte=filters.since)
    return runs.filter(file_name__icontains=filters.q) if filters.q else runs


def count_kinds(runs: RunQuerySet) -> dict[str, int]:
    """How many of `runs` each kind of KINDS has."""
    each = runs.order_by().values_list("state").annotate(Count("pk"))
    by_state = {RunState(state): count for state, count in each}
    return {
        kind: sum(by_state.get(state, 0) for state in states)
        for kind, (_, states) in KINDS.items()
    }


def _with_sums(runs: Iterable[Run]) -> list[HistoryRow]:
    started = [run for run in runs if run.state not in BEFORE_START]
    added = {row["run"]: row for row in _chunk_sums(started)} if started else {}
    return [_row(run, added.get(run.pk, {})) for run in runs]


def _chunk_sums(runs: list[Run]) -> Any:
    """The parts of several runs at once, with what their enrichment charged."""
    counted = Chunk.objects.filter(run__in=runs, plan=F("run__plan")).order_by()
    charged = Sum("workflow__credits_charged")
    return counted.values("run").annotate(**sums.PARTS, charged=charged)


def _row(run: Run, added: dict[str, Any]) -> HistoryRow:
    return HistoryRow(run, sums.added_up(run, added), added.get("charged"))
