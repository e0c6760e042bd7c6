"""All imports, newest first, with their sums: two queries for the sums of a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Max, Q, Sum

from imports.models import Chunk, ChunkState, Run, RunState
from imports.models.chunks import OPEN
from imports.models.runs import BEFORE_START, WORKING, RunQuerySet
from imports.services.sums import RowSums
from people.models import Person

PAGE = 50

# What the filter offers: address word -> label and states.
KINDS: dict[str, tuple[str, frozenset[RunState]]] = {
    "running": ("Running", WORKING | {RunState.CHECKING}),
    "paused": ("Paused", frozenset({RunState.PAUSED})),
    "drafts": ("Not started", frozenset({RunState.UPLOADED, RunState.CHECKED})),
    "finished": (
        "Finished",
        frozenset({RunState.FINISHED, RunState.FINISHED_WITH_SKIPS}),
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
class HistoryPage:
    """`counts`: how many runs that pass the other filters each kind of KINDS has; `first`
    and `last` are 1-based."""

    rows: list[HistoryRow]
    total: int
    page: int
    counts: dict[str, int]

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
    page = max(1, min(page, -(-total // PAGE)))
    if filters.kind in KINDS:
        runs = runs.filter(state__in=KINDS[filters.kind][1])
    runs = runs.select_related("created_by", "started_by")
    shown = list(runs[(page - 1) * PAGE : page * PAGE])
    return HistoryPage(_with_sums(shown), total, page, counts)


def lists_imported_into() -> list[tuple[str, str]]:
    """Id and latest name of each list that has imports, by name."""
    latest = Run.objects.exclude(list_id="").order_by().values("list_id")
    newest = latest.annotate(newest=Max("pk")).values("newest")
    named = Run.objects.filter(pk__in=newest).values_list("list_id", "list_name")
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
    sums = {row["run"]: row for row in _chunk_sums(started)} if started else {}
    return [_row(run, sums.get(run.pk, {})) for run in runs]


def _chunk_sums(runs: list[Run]) -> Any:
    """As `sums.rows_of`, for several runs at once, with what their enrichment charged."""
    done = Q(state=ChunkState.DONE)
    failed = Q(state__in=[ChunkState.FAILED, ChunkState.UNKNOWN])
    counted = Chunk.objects.filter(run__in=runs, plan=F("run__plan")).order_by()
    return counted.values("run").annotate(
        imported=Sum("rows_imported", filter=done, default=0),
        skipped=Sum("rows_skipped", filter=done, default=0),
        failed=Sum("rows", filter=failed, default=0),
        not_sent=Sum("rows", filter=Q(state=ChunkState.NOT_SENT), default=0),
        to_go=Sum("rows", filter=Q(state__in=OPEN), default=0),
        charged=Sum("workflow__credits_charged"),
    )


def _row(run: Run, sums: dict[str, Any]) -> HistoryRow:
    rows = RowSums(
        inside=run.rows_in,
        blank=run.rows_blank,
        imported=sums.get("imported", 0),
        skipped=run.rows_skipped + sums.get("skipped", 0),
        failed=sums.get("failed", 0),
        not_sent=sums.get("not_sent", 0),
        to_go=sums.get("to_go", 0),
    )
    return HistoryRow(run, rows, sums.get("charged"))
