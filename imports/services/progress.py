"""What a run's page and the command show, read from our tables alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, Q, Value, When
from django.utils import timezone

from enrichment import services as enrichment
from enrichment.models import Workflow
from enrichment.services import EnrichmentSums
from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import (
    approved,
    beside,
    forecast,
    given,
    outlook,
    settling,
    sums,
    versions,
)
from imports.services.around import Around, around
from imports.services.beside import Beside
from imports.services.evidence import Looks, looks_of
from imports.services.naming import Naming, by_look
from imports.services.outlook import CanaryResult
from imports.services.sums import RowSums

# Shown of chunks whose outcome is unknown, and of enrichments that ended badly.
MOST_LOOKS = MOST_UNHAPPY = 20
QUIET = timedelta(seconds=20)
# What another import's call may take while this one waits for its turn.
A_TURN = timedelta(seconds=5)
# What a square shows of its chunk.
SHOWN = (
    "number",
    "rows",
    "rows_imported",
    "rows_skipped",
    "rows_undone",
    "problem",
    "request_id",
    "answered_at",
    "enriches",
    "is_canary",
    "out_of_range",
    "version",
)


# What else is read of it, for sums.
ADDED_UP = (
    "rows_named",
    "state",
    "quote_id",
    "workflow_id",
    "skip_reasons",
    "attempts",
    "quotes",
)


@dataclass(frozen=True)
class Square:
    """One call in the chunk grid. `shape` is the chunk's state, or `done_with_skips`."""

    number: int
    shape: str
    words: str
    rows: int
    rows_imported: int
    rows_skipped: int
    rows_undone: int
    problem: str
    request_id: str
    answered_at: datetime | None
    enriches: bool
    is_canary: bool
    out_of_range: str
    version: int


@dataclass(frozen=True)
class Progress:
    """Everything live about a run. Credits in whole credits, times aware.

    `unhappy`: enrichments of its calls that ended badly, the first 20.
    """

    run: Run
    rows: RowSums
    squares: tuple[Square, ...]
    enrichment: EnrichmentSums
    unhappy: list[Workflow]
    canary: CanaryResult | None
    beside: Beside
    done_at: datetime | None
    is_worker_alive: bool
    # In which ways a run that is over was not as approved.
    unlike_approved: tuple[str, ...] = ()
    skip_reasons: dict[str, int] = field(default_factory=dict)
    # Calls made for its chunks so far: csv-imports, repeated ones too, and quotes.
    calls: int = 0
    # The chunk that was asked for.
    chosen: Chunk | None = None

    @cached_property
    def looks(self) -> Looks:
        """What the list shows of chunks whose outcome is unknown, and of the names of skipped
        rows; asked for only while there are such."""
        unknown = [square.number for square in self.squares if square.shape == "unknown"]
        return looks_of(self.run, unknown[:MOST_LOOKS], names=self.rows.unnamed > 0)

    @property
    def naming(self) -> Naming:
        return by_look(self.looks.names)

    @property
    def is_in_line(self) -> bool:
        """Started, but its first chunk has yet to go, and others are at work."""
        return bool(
            self.run.state == RunState.SENDING
            and self.beside.imports
            and all(square.shape == ChunkState.READY for square in self.squares)
        )

    @property
    def starts_at(self) -> datetime:
        """When a run in the line makes its first call."""
        return forecast.starts_at(self.run, self.beside)

    @property
    def chunks_over(self) -> int:
        still_open = {ChunkState.READY, ChunkState.SENDING, ChunkState.RETRYING}
        return sum(square.shape not in still_open for square in self.squares)

    @property
    def in_flight(self) -> list[int]:
        """Numbers of the chunks whose answer is out."""
        asked = {ChunkState.SENDING, ChunkState.RETRYING}
        return [square.number for square in self.squares if square.shape in asked]

    @property
    def credits_back(self) -> int:
        return self.enrichment.refunded

    @property
    def is_quiet(self) -> bool:
        """No sign of life although there is work: the worker is dead or stuck."""
        run = self.run
        seen = [moment for moment in (run.beat_at, run.started_at, run.wake_at) if moment]
        due = run.state in {RunState.SENDING, RunState.CANCELLING}
        patience = QUIET + self.beside.imports * A_TURN
        return due and bool(seen) and timezone.now() - max(seen) > patience

    @property
    def poll_seconds(self) -> int:
        """How soon the page looks again."""
        return versions.pause_of(self.run.started_at or self.run.created_at)


def progress_of(run: Run, near: Around | None = None, *, number: int = 0) -> Progress:
    """Collect a run's live facts in a handful of queries, however long the run is.

    `near`: what was asked for with the run. `number`: of a call that is looked at closely.
    """
    near = near or around()
    chunks = list(_chunk_rows(run))
    is_sending = run.state == RunState.SENDING
    others = beside.lately(run, near.sending) if is_sending else beside.ALONE
    found = _enriched(run, chunks)
    close = _closely(run, chunks, found, number)
    return Progress(
        run=run,
        rows=sums.rows_among(run, chunks),
        squares=tuple(_square(chunk) for chunk in chunks),
        enrichment=found,
        unhappy=_unhappy(close),
        canary=outlook.among(run, close),
        beside=others,
        done_at=forecast.done_at(run, beside.calls_left(run, chunks), others),
        is_worker_alive=near.is_worker_alive,
        unlike_approved=_unlike_approved(run, chunks, found),
        skip_reasons=sums.skip_reasons_among(run, chunks),
        calls=sum(chunk["attempts"] + chunk["quotes"] for chunk in chunks),
        chosen=next((chunk for chunk in close if chunk.number == number), None),
    )


def as_json(progress: Progress) -> dict[str, Any]:
    """The sums of `import_file --json`; the same figures as the page."""
    run, rows, found = progress.run, progress.rows, progress.enrichment
    return {
        "run": run.pk,
        "state": run.state,
        "list_id": run.list_id,
        "rows": {
            "in": rows.inside,
            "blank": rows.blank,
            "imported": rows.imported,
            "skipped": rows.skipped,
            "skipped_named": rows.named,
            "failed": rows.failed,
            "unknown": rows.unknown,
            "no_answer": rows.asked,
            "not_sent": rows.unsent,
            "undone": rows.undone,
        },
        "skip_reasons": progress.skip_reasons,
        "chunks": len(progress.squares),
        "calls": progress.calls,
        "credits": {
            "most": run.credits_most,
            "reserved": found.reserved,
            "charged": found.charged,
            "refunded": found.refunded,
        },
        "not_as_approved": list(progress.unlike_approved),
        "enrichment": {
            "status": _enrichment_status(run, found),
            "only_missing": run.enriches_only_missing,
            "rows_enriched": rows.enriched if run.enriches else 0,
            "rows_as_they_are": rows.as_they_are if run.enriches else rows.imported,
            "total": found.total,
            "processed": found.processed,
            "emails_found": found.emails_found,
            "phones_found": found.phones_found,
        },
        "canary": outlook.as_json(progress.canary),
    }


def _enrichment_status(run: Run, found: EnrichmentSums) -> str:
    if not given.rows_covered(run):
        return "off"
    if not found.workflows:
        return "pending"
    if found.open:
        return "running"
    return "failed" if found.unhappy else "completed"


def _unlike_approved(
    run: Run, chunks: list[dict[str, Any]], found: EnrichmentSums
) -> tuple[str, ...]:
    return tuple(approved.differences(run, chunks, found.charged)) if run.is_over else ()


def _chunk_rows(run: Run) -> Any:
    """The canary, the first to go, comes first."""
    in_order = Chunk.objects.of_plan(run).order_by("-is_canary", "number")
    return in_order.values(*SHOWN, *ADDED_UP)


def _enriched(run: Run, chunks: list[dict[str, Any]]) -> EnrichmentSums:
    if not any(chunk["workflow_id"] for chunk in chunks):
        return EnrichmentSums()
    return enrichment.sums(settling.workflows_of(run))


def _closely(
    run: Run, chunks: list[dict[str, Any]], found: EnrichmentSums, number: int
) -> list[Chunk]:
    """What a page shows more of than a square, with their workflows: the canary, call
    `number` and the first whose enrichment ended badly; one query, or none."""
    canaries = sum(chunk["is_canary"] for chunk in chunks) if run.canary else 0
    is_chosen = Q(number=number) if number else Q()
    wanted = Q(is_canary=True) if canaries else Q()
    wanted |= is_chosen
    if found.unhappy:
        wanted |= enrichment.is_unhappy("workflow__")
    if not wanted:
        return []
    those = Chunk.objects.of_plan(run).filter(wanted).select_related("workflow")
    first = Case(When(is_chosen, then=0), default=1) if number else Value(1)
    in_order = those.order_by("-is_canary", first, "number")
    return list(in_order[: canaries + 1 + MOST_UNHAPPY])


def _unhappy(chunks: list[Chunk]) -> list[Workflow]:
    flows = [chunk.workflow for chunk in chunks if chunk.workflow]
    return [flow for flow in flows if flow.is_unhappy][:MOST_UNHAPPY]


def _square(chunk: dict[str, Any]) -> Square:
    state = ChunkState(chunk["state"])
    with_skips = state == ChunkState.DONE and chunk["rows_skipped"] > 0
    return Square(
        shape="done_with_skips" if with_skips else state.value,
        words="Done with skips" if with_skips else str(state.label),
        **{name: chunk[name] for name in SHOWN},
    )
