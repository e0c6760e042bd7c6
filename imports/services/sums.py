"""The one place where a run's rows are added up, always from the chunks themselves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Q, Sum

from imports.models import Chunk, ChunkState, Run


@dataclass(frozen=True)
class RowSums:
    """Rows of the file by where they ended. `inside`: rows the file has after its header.

    `to_go` counts rows of chunks that may still be sent (ready, in flight, asked again).
    """

    inside: int
    blank: int
    imported: int
    skipped: int
    failed: int
    not_sent: int
    to_go: int

    @property
    def adds_up(self) -> bool:
        ended = self.blank + self.imported + self.skipped + self.failed + self.not_sent
        return self.inside == ended + self.to_go

    @property
    def sent(self) -> int:
        return self.inside - self.blank - self.not_sent - self.to_go


def rows_of(run: Run) -> RowSums:
    """Add up in one query. Before the check every figure is 0."""
    kept_back = Q(state=ChunkState.NOT_SENT)
    failed = Q(state__in=[ChunkState.FAILED, ChunkState.UNKNOWN])
    open_ = Q(state__in=[ChunkState.READY, ChunkState.SENDING, ChunkState.RETRYING])
    row = Chunk.objects.of_plan(run).aggregate(
        imported=Sum("rows_imported", filter=Q(state=ChunkState.DONE), default=0),
        skipped=Sum("rows_skipped", filter=Q(state=ChunkState.DONE), default=0),
        failed=Sum("rows", filter=failed, default=0),
        not_sent=Sum("rows", filter=kept_back, default=0),
        to_go=Sum("rows", filter=open_, default=0),
    )
    return RowSums(
        inside=run.rows_in,
        blank=run.rows_blank,
        imported=row["imported"],
        skipped=run.rows_skipped + row["skipped"],
        failed=row["failed"],
        not_sent=row["not_sent"],
        to_go=row["to_go"],
    )


def skip_reasons_of(run: Run) -> dict[str, int]:
    """Skipped rows by reason: those of the check and those the API reported."""
    reasons = Counter(run.skip_reasons)
    done = Chunk.objects.of_plan(run).filter(state=ChunkState.DONE, rows_skipped__gt=0)
    for counts in done.values_list("skip_reasons", flat=True):
        reasons.update(counts)
    return dict(reasons)


def calls_of(run: Run) -> int:
    """Calls made for the run's chunks so far: csv-imports, repeated ones too, and quotes."""
    row = Chunk.objects.of_plan(run).aggregate(
        calls=Sum("attempts", default=0) + Sum("quotes", default=0)
    )
    return int(row["calls"])
