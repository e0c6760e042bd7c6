"""After the end: rows that did not go in go again, and unknown chunks get a verdict.

Only what is proven without effect is sent again by itself. An unknown chunk may have gone
in, so a person who has looked at the list decides, and the audit trail keeps who did.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from imports.models import (
    Chunk,
    ChunkState,
    LedgerRow,
    PauseReason,
    ProblemRow,
    Run,
    RunState,
)
from imports.models.chunks import OPEN, ChunkQuerySet
from imports.models.runs import OVER
from imports.services import earlier, evidence, starting
from imports.services.problems import UNSENT
from imports.services.skipped_rows import NOT_IN_LIST, missing_rows, settle
from people import audit
from people.models import Person

RESTARTABLE = OVER | {RunState.PAUSED}


class BroughtSince(Exception):
    """Of `asked` rows that would go again, `rows` are in the list or about to be by other
    imports, whose ids are `runs`."""

    def __init__(self, rows: int, asked: int, runs: list[int]) -> None:
        super().__init__(f"{rows} of {asked} rows came by imports {runs}")
        self.rows, self.asked, self.runs = rows, asked, runs


def retry_rows(run: Run, person: Person) -> int:
    """Send the failed and the not sent rows again, each chunk under a new key.

    Returns how many rows go again; 0 if there are none or the run is at work. What the run
    may spend stays as it was approved. Raises ImportedBefore if the whole file went into the
    list by a later import: these rows are among its own; BroughtSince if other imports have
    brought some of them; NotAsCompared if others start all the time.
    """
    unsent = Chunk.objects.of_plan(run).filter(state__in=UNSENT)

    def send_again() -> int:
        rows = sum(unsent.values_list("rows", flat=True))
        if not rows or not _restart(run, RunState.SENDING, _asks_anew(unsent)):
            return 0
        _make_ready(unsent)
        audit.record(person, "retried rows of an import", run, rows=rows)
        return rows

    return _asked_alone(run, unsent, send_again)


def decide_unknown(run: Run, number: int, person: Person, *, went_in: bool) -> bool:
    """A person's verdict on an unknown chunk: its rows are in the list, or go again.

    Where the list was read, rows that were not found in it are skipped, with that reason.
    True if the chunk was unknown and the verdict counts. Rows go again, or not, as by
    `retry_rows`.
    """
    unknown = Chunk.objects.of_plan(run).filter(number=number, state=ChunkState.UNKNOWN)

    def decide() -> bool:
        if (chunk := unknown.first()) is None:
            return False
        is_all = went_in and not Chunk.objects.of_plan(run).filter(state__in=OPEN).exists()
        to = RunState.SETTLING if is_all else RunState.SENDING
        if not _restart(run, to, _asks_anew(unknown)):
            return False
        if went_in:
            unknown.update(state=ChunkState.DONE, **_went_in(run, chunk))
        else:
            _make_ready(unknown)
        verdict = "are in the list" if went_in else "go again"
        audit.record(person, "decided on unknown rows", run, chunk=number, verdict=verdict)
        return True

    if not went_in:
        return bool(_asked_alone(run, unknown, decide))
    with transaction.atomic():
        return decide()


def _asked_alone(run: Run, chunks: ChunkQuerySet, move: Callable[[], int]) -> int:
    """Make the move that sends `chunks` again, where nobody else starts: what is true of their
    rows when asked is true when it counts."""
    for _ in range(starting.COMPARISONS):
        mark = _compare(run, chunks)
        with transaction.atomic():
            starting.start_alone()
            if mark == earlier.mark_of(run):
                return move()
    raise starting.NotAsCompared


def _compare(run: Run, chunks: ChunkQuerySet) -> str:
    """The mark of the other imports, none of which has rows of `chunks`; the check has told
    so unless the mark has changed. A pruned run has no rows to compare, and none go again."""
    mark = earlier.mark_of(run)
    if later := starting.later_import(run):
        raise starting.ImportedBefore(later)
    if mark != run.earlier_mark and run.pruned_at is None:
        known = earlier.known_of(run, chunks)
        if known.runs:
            asked = sum(chunks.values_list("rows", flat=True))
            raise BroughtSince(known.rows, asked, sorted(known.runs))
    return mark


def _went_in(run: Run, chunk: Chunk) -> dict[str, Any]:
    """What a chunk that went in counts: all its rows, or those the list showed."""
    seen = evidence.evidence_for(run, [chunk.number]).get(chunk.number)
    missing: list[int] = []
    if seen and seen.is_read and seen.found:
        missing = missing_rows(chunk, evidence.found_rows(seen))
    settled = settle(run, chunk, missing, NOT_IN_LIST)
    ProblemRow.objects.bulk_create(settled.named, ignore_conflicts=True)
    LedgerRow.objects.write(chunk, settled.brought)
    counted = {"rows_imported": chunk.rows - len(missing), "rows_skipped": len(missing)}
    named = {"rows_named": len(missing), "skip_reasons": {NOT_IN_LIST: len(missing)}}
    return counted | named if missing else counted


def _asks_anew(chunks: ChunkQuerySet) -> dict[str, Any]:
    """A canary that goes again or gets a verdict: the rest waits for a new word on it."""
    return {"figures_shown": []} if chunks.filter(is_canary=True).exists() else {}


def _restart(run: Run, to: RunState, more: dict[str, Any]) -> bool:
    fresh: dict[str, Any] = {
        "ended_at": None,
        "sent_at": None,
        "problem": "",
        "problem_request_id": "",
        "pause_reason": PauseReason.NONE,
        "cancelled_by": None,
        "failures_in_a_row": 0,
        "refusals_in_a_row": 0,
        "stint": F("stint") + 1,
        "wake_at": timezone.now(),
    }
    runs = Run.objects.all()
    if to == RunState.SENDING:
        runs = runs.filter(pruned_at=None)  # else there are no bodies to send any more
    return runs.move(run.pk, RESTARTABLE, to, **fresh | more)


def _make_ready(chunks: ChunkQuerySet) -> None:
    chunks.update(
        state=ChunkState.READY,
        idempotency_key="",
        key_generation=F("key_generation") + 1,
        quote_id="",
        quote_expires_at=None,
        credits_quoted=0,
        skips_quote=False,
        quotes_refused=0,
        first_sent_at=None,
        answered_at=None,
        next_try_at=None,
        faults=0,
        asked_before=False,
        problem="",
    )
