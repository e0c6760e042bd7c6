"""All imports, newest first, with their sums: two queries for the sums of a whole page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Sum

from imports.models import Chunk, ChunkState, Run, RunState
from imports.models.chunks import OPEN
from imports.models.runs import BEFORE_START, WORKING
from imports.services.sums import RowSums

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
class HistoryRow:
    """A run with its sums. `charged`: credits, None while the API has not told any."""

    run: Run
    rows: RowSums
    charged: int | None


@dataclass(frozen=True)
class HistoryPage:
    """`counts`: how many runs each kind of KINDS has; `first` and `last` are 1-based."""

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


def history_page(kind: str = "", page: int = 1) -> HistoryPage:
    """A page of runs of a kind (a word of KINDS; "" is all), newest first."""
    counts = _counts()
    total = counts.get(kind, 0) if kind else sum(counts.values())
    page = max(1, min(page, -(-total // PAGE)))
    runs = Run.objects.select_related("created_by", "started_by")
    if kind:
        runs = runs.filter(state__in=KINDS[kind][1])
    shown = list(runs[(page - 1) * PAGE : page * PAGE])
    return HistoryPage(_with_sums(shown), total, page, counts)


def _counts() -> dict[str, int]:
    each = Run.objects.order_by().values_list("state").annotate(Count("pk"))
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
