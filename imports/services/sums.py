"""The one place where a run's rows are added up, always from the chunks themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, Sum

from imports.models import Chunk, ChunkState, Run
from imports.models.chunks import ASKED, OPEN
from imports.services.skipped_rows import UNNAMED


@dataclass(frozen=True)
class RowSums:
    """Rows of the file by where they ended. `inside`: rows the file has after its header.

    `to_go` counts rows of chunks that are still at work (ready, in flight, asked again), and
    `asked` those of them whose call has left and has no answer yet. `unknown` counts those
    whose chunk gets no answer any more: they may be in the list or not. `undone` are those of
    the imported that a person took out of the list again. `named` counts those of the
    skipped whose number is known: a reply names 10 at most, and the list is read back for the
    others (`naming`). `as_they_are` are those of the imported that calls without enrichment
    brought, although the run enriches others.
    """

    inside: int
    blank: int
    imported: int
    skipped: int
    failed: int
    unknown: int
    not_sent: int
    to_go: int
    undone: int = 0
    asked: int = 0
    named: int = 0
    as_they_are: int = 0

    @property
    def unnamed(self) -> int:
        """Skipped rows that are counted but not known one by one (yet)."""
        return self.skipped - self.named

    @property
    def still_in(self) -> int:
        """Imported rows that no undo took out again."""
        return self.imported - self.undone

    @property
    def enriched(self) -> int:
        """Imported rows whose call asked for the run's enrichment."""
        return self.imported - self.as_they_are

    @property
    def adds_up(self) -> bool:
        answered = self.imported + self.skipped + self.failed
        unanswered = self.asked + self.unknown
        return self.inside == self.blank + answered + unanswered + self.unsent

    @property
    def unsent(self) -> int:
        """Rows of which no call has left so far, whether they still go or not."""
        return self.not_sent + self.to_go - self.asked

    @property
    def sent(self) -> int:
        return self.inside - self.blank - self.unsent


# Where the rows of a chunk ended: the column that counts them in chunks of these states.
COUNTED = {
    "imported": ("rows_imported", {ChunkState.DONE}),
    "skipped": ("rows_skipped", {ChunkState.DONE}),
    "named": ("rows_named", {ChunkState.DONE}),
    "undone": ("rows_undone", {ChunkState.DONE}),
    "failed": ("rows", {ChunkState.FAILED}),
    "unknown": ("rows", {ChunkState.UNKNOWN}),
    "not_sent": ("rows", {ChunkState.NOT_SENT}),
    "to_go": ("rows", OPEN),
    "asked": ("rows", ASKED),
}
PARTS = {
    part: Sum(column, filter=Q(state__in=states), default=0)
    for part, (column, states) in COUNTED.items()
}
PARTS["as_they_are"] = Sum(
    "rows_imported", filter=Q(state=ChunkState.DONE, enriches=False), default=0
)


def rows_of(run: Run) -> RowSums:
    """Add up in one query. Before the check every figure is 0."""
    return added_up(run, Chunk.objects.of_plan(run).aggregate(**PARTS))


def rows_of_each(runs: Sequence[Run]) -> dict[int, RowSums]:
    """The same of several runs by id; one query, none for no run."""
    if not runs:
        return {}
    counted = Chunk.objects.filter(run__in=runs, plan=F("run__plan")).order_by()
    parts: dict[int, Any] = {
        row["run"]: row for row in counted.values("run").annotate(**PARTS)
    }
    return {run.pk: added_up(run, parts.get(run.pk, {})) for run in runs}


def rows_among(run: Run, chunks: Sequence[Mapping[str, Any]]) -> RowSums:
    """The same from all of the run's chunks, already read; each its state and its columns."""
    parts = {
        part: sum(chunk[column] for chunk in chunks if chunk["state"] in states)
        for part, (column, states) in COUNTED.items()
    }
    parts["as_they_are"] = sum(
        chunk["rows_imported"]
        for chunk in chunks
        if chunk["state"] == ChunkState.DONE and not chunk["enriches"]
    )
    return added_up(run, parts)


def added_up(run: Run, parts: Mapping[str, int]) -> RowSums:
    """A run's sums from the `PARTS` of its chunks; a part left out is 0."""
    return RowSums(
        inside=run.rows_in,
        blank=run.rows_blank,
        imported=parts.get("imported", 0),
        skipped=run.rows_skipped + parts.get("skipped", 0),
        failed=parts.get("failed", 0),
        unknown=parts.get("unknown", 0),
        not_sent=parts.get("not_sent", 0),
        to_go=parts.get("to_go", 0),
        undone=parts.get("undone", 0),
        asked=parts.get("asked", 0),
        named=run.rows_skipped + parts.get("named", 0),
        as_they_are=parts.get("as_they_are", 0),
    )


def skip_reasons_of(run: Run) -> dict[str, int]:
    """Skipped rows by reason: those of the check and those the API reported. Where it gave no
    reasons, or none that add up, its rows count as skipped by the API."""
    done = Chunk.objects.of_plan(run).filter(state=ChunkState.DONE, rows_skipped__gt=0)
    return skip_reasons_among(run, done.values("state", "rows_skipped", "skip_reasons"))


def skip_reasons_among(run: Run, chunks: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The same from the run's chunks, already read."""
    reasons = Counter(run.skip_reasons)
    for chunk in chunks:
        rows = chunk["rows_skipped"] if chunk["state"] == ChunkState.DONE else 0
        if rows:
            told = Counter(chunk["skip_reasons"])
            reasons += told + Counter({UNNAMED: rows - told.total()})
    return dict(reasons)
