"""All imports, newest first, with their sums: two queries for the sums of a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, Sum, Value

from imports.models import Chunk, Run, RunState
from imports.models.runs import BEFORE_START, WORKING
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

    `kind` is a word of KINDS, `by` the name of who uploaded, `since` when at the earliest,
    `q` a part of the file's name.
    """

    kind: str = ""
    by: str = ""
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
    """`counts`: how many runs that pass the other filters each kind of KINDS has; `totals`:
    how many of all runs."""

    rows: list[HistoryRow]
    counts: dict[str, int]
    totals: dict[str, int]

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
    wanted = _wanted(filters)
    runs = Run.objects.filter(wanted)
    totals, counts = _count_kinds(wanted)
    total = counts[filters.kind] if filters.kind in KINDS else sum(counts.values())
    page = page_within(page, total)
    if filters.kind in KINDS:
        runs = runs.filter(state__in=KINDS[filters.kind][1])
    runs = runs.select_related("created_by", "started_by")
    shown = list(runs[span_of(page)])
    return HistoryPage(total, page, _with_sums(shown), counts, totals)


@dataclass(frozen=True)
class Menus:
    """What the filter offers: names of people, and id and latest name of lists, by name."""

    people: list[str]
    lists: list[tuple[str, str]]


def menus(chosen_list: str = "") -> Menus:
    """Everybody who uploaded, and the lists that had imports last with `chosen_list` always
    among them; one query."""
    latest = Run.objects.exclude(list_id="").order_by().values("list_id")
    newest = latest.annotate(newest=Max("pk")).order_by("-newest").values("newest")
    wanted = Q(pk__in=newest[:MOST_LISTS])
    if chosen_list:
        wanted |= Q(pk__in=newest.filter(list_id=chosen_list))
    named = Run.objects.filter(wanted).order_by()
    people = Person.objects.filter(runs__isnull=False).order_by().distinct()
    found = list(
        named.values_list(Value("list"), "list_id", "list_name").union(
            people.values_list(Value("by"), "username", "username"), all=True
        )
    )
    return Menus(
        sorted(name for menu, name, _ in found if menu == "by"),
        sorted(
            ((list_id, name) for menu, list_id, name in found if menu == "list"),
            key=lambda pair: pair[1].casefold(),
        ),
    )


def _wanted(filters: Filters) -> Q:
    """All filters but the kind."""
    wanted = Q()
    if filters.by:
        wanted &= Q(created_by__username=filters.by)
    if filters.list_id:
        wanted &= Q(list_id=filters.list_id)
    if filters.since:
        wanted &= Q(created_at__gte=filters.since)
    return wanted & Q(file_name__icontains=filters.q) if filters.q else wanted


def _count_kinds(wanted: Q) -> tuple[dict[str, int], dict[str, int]]:
    """How many of all runs, and of those `wanted`, each kind of KINDS has; one query."""
    runs = Run.objects.order_by().values_list("state")
    each = list(runs.annotate(Count("pk"), wanted=Count("pk", filter=wanted or None)))
    totals = {state: total for state, total, _ in each}
    return _by_kind(totals), _by_kind({state: count for state, _, count in each})


def _by_kind(by_state: dict[str, int]) -> dict[str, int]:
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
