"""Start, resume and cancel: the moves a person makes on a run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Again, Before, Chunk, OnlyMissing, PauseReason, Run, RunState
from imports.services import earlier, forecast, given, noting, sums
from imports.services.beside import Beside, beside
from imports.services.given import Coverage
from imports.services.sums import RowSums
from people import audit
from people.models import Person

CHECKED = frozenset({RunState.CHECKED})
CANCELLABLE = frozenset({RunState.SENDING, RunState.PAUSED})
# The run itself asks for a word; how long that takes nobody can forecast.
ASKS_FOR_WORD = frozenset(
    {PauseReason.CANARY, PauseReason.CANARY_FAILED, PauseReason.OUT_OF_RANGE}
)
# How often a file is compared with what others did since its check before a person is asked.
COMPARISONS = 3
SAME_FILE_WITHIN = timedelta(days=7)
# Any number that no other advisory lock has.
START_LOCK = 7_351


@dataclass(frozen=True)
class Approval:
    """What a person agreed to: the enrichment, and the most credits it may cost.

    `undoable`: note first what is in the list, so that the import can be undone.
    `canary`: a few rows from all over the file go first, the rest waits for a word.
    `again`: although the file went into the list before.
    `only_missing`: rows that have what the enrichment finds go in without it.
    """

    enrichment_type: EnrichmentType
    credits_most: int
    undoable: bool = True
    canary: bool = False
    again: bool = False
    only_missing: bool = False


class NotAsShown(Exception):
    """The person approved something else than what the run would now do."""


class NothingToSend(Exception):
    """No row of the file can be imported."""


class NotAsCompared(Exception):
    """Other imports into the list began, ended or were undone since the check compared the
    file with them: more or fewer of its rows are known now."""


class ImportedBefore(Exception):
    """The same file went into the same list: `earlier` is the run it went by."""

    def __init__(self, earlier: Run) -> None:
        super().__init__(f"{earlier} had the same file and list")
        self.earlier = earlier


def start_run(run: Run, person: Person, approval: Approval) -> bool:
    """Begin to import, once; a second call changes nothing and returns False.

    Raises NothingToSend without a ready row, NotAsShown if the cost on the person's page
    is less than what the checked file may cost, ImportedBefore if its rows would be in the
    list twice and the person did not insist, NotAsCompared if the check would find other rows
    known from earlier imports now. All of it is asked in the transaction that
    starts, in which nobody else starts: what is true when asked is true when it counts.
    """
    length = length_of(run, approval, beside(run))
    for _ in range(COMPARISONS):
        with transaction.atomic():
            start_alone()
            run = Run.objects.get(pk=run.pk)
            if run.state not in CHECKED:
                return False
            _refuse(run, approval)
            if _goes_again(run, approval) or run.earlier_mark == earlier.mark_of(run):
                return _start(run, person, approval, length)
        if not earlier.compare_again(run):
            break
    raise NotAsCompared


def pause_run(run: Run, person: Person) -> bool:
    """Send no further chunk until resumed; the one in flight is still answered for."""
    with transaction.atomic():
        sending = frozenset({RunState.SENDING})
        changes = {"pause_reason": PauseReason.PERSON, "waiting_for": ""}
        if not Run.objects.move(run.pk, sending, RunState.PAUSED, **changes):
            return False
        audit.record(person, "paused an import", run)
    return True


def resume_run(run: Run, person: Person) -> bool:
    """Go on after a pause; True if the run was paused and now goes on."""
    changes: dict[str, Any] = {
        "pause_reason": PauseReason.NONE,
        "problem": "",
        "problem_request_id": "",
        "failures_in_a_row": 0,
        "refusals_in_a_row": 0,
        "stint": F("stint") + 1,
        "wake_at": timezone.now(),
    }
    if run.pause_reason in ASKS_FOR_WORD:
        changes["forecast_at"] = timezone.now() + _length_of_rest(run)
    with transaction.atomic():
        paused = frozenset({RunState.PAUSED})
        if not Run.objects.move(run.pk, paused, RunState.SENDING, **changes):
            return False
        audit.record(person, "resumed an import", run)
    return True


def cancel_run(run: Run, person: Person) -> bool:
    """Send no further chunk; what is in flight is still answered for.

    True if this call cancelled. Before the start there is nothing to stop: the run is
    cancelled at once.
    """
    with transaction.atomic():
        if discard_run(run, person):
            return True
        if not _cancel_sending(run, person):
            return False
        audit.record(person, "cancelled an import", run)
    return True


def discard_run(run: Run, person: Person) -> bool:
    """Drop a run that was not started; one that was, if only just now, is left alone."""
    before = frozenset({RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED})
    ended = {"cancelled_by": person, "ended_at": timezone.now(), "plan": ""}
    with transaction.atomic():
        if not Run.objects.move(run.pk, before, RunState.CANCELLED, **ended):
            return False
        audit.record(person, "cancelled an import", run)
    return True


def length_of(run: Run, approval: Approval, others: Beside) -> timedelta:
    """How long sending would take if the run were started now."""
    covered = _coverage(run, approval)
    calls = noting.calls_before(run) if approval.undoable else 0
    first = calls_before_rows(run, calls)
    return forecast.length_of(covered.calls, covered.enriching, others, first=first)


def calls_before_rows(run: Run, noting: int) -> int:
    """One that makes the list, or `noting` that note what is in it."""
    return noting if run.list_id else 1


def earlier_import(run: Run) -> Run | None:
    """The newest started import of the same file into the same list within a week of which
    rows are in it or may yet be."""
    return _import_since(run, timezone.now() - SAME_FILE_WITHIN)


def later_import(run: Run) -> Run | None:
    """The newest such import that was started after this one."""
    return _import_since(run, run.started_at) if run.started_at else None


def start_alone() -> None:
    """Until the transaction ends nobody else sets rows going, by a start or a retry.

    SQLite's transactions are IMMEDIATE, so there is only one that writes; PostgreSQL gets a
    lock of its own.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [START_LOCK])


def _import_since(run: Run, since: datetime) -> Run | None:
    same = Run.objects.filter(file_sha256=run.file_sha256, started_at__gte=since)
    others = list(same.filter(earlier.into_the_same_list(run)).exclude(pk=run.pk))
    rows = sums.rows_of_each(others)
    matter = (other for other in others if not _is_no_matter(run, other, rows[other.pk]))
    return next(matter, None)


def _is_no_matter(run: Run, other: Run, rows: RowSums) -> bool:
    """Whether `other` is over and puts no row of `run` in doubt: nothing of it is in the list
    (none went in, or all were undone), or the check of `run` has told which rows are."""
    if not other.is_over or rows.unknown:
        return False
    is_told = str(other.pk) in run.known.get("runs", {}) and not rows.unnamed
    return is_told or not rows.still_in


def _refuse(run: Run, approval: Approval) -> None:
    """Raise what stands in the way of the start; asked where nobody else starts."""
    if run.rows_ready == 0:
        raise NothingToSend
    if approval.credits_most < _coverage(run, approval).most:
        raise NotAsShown
    if approval.only_missing and not given.may_part(run, approval.enrichment_type):
        raise NotAsShown
    if _goes_again(run, approval):
        return
    if before := earlier_import(run):
        raise ImportedBefore(before)


def _goes_again(run: Run, approval: Approval) -> bool:
    """Whether a person wants in what earlier imports have brought."""
    return approval.again or run.again == Again.ALL


def _coverage(run: Run, approval: Approval) -> Coverage:
    return given.coverage_of(run, approval.enrichment_type, only_missing=approval.only_missing)


def _length_of_rest(run: Run) -> timedelta:
    chunks = Chunk.objects.open_to(run)
    quotes = chunks.filter(enriches=True).count() if run.enriches else 0
    return forecast.length_of(chunks.count(), quotes, beside(run))


def _start(run: Run, person: Person, approval: Approval, length: timedelta) -> bool:
    now = timezone.now()
    covered = _coverage(run, approval)
    has_canary = approval.canary and covered.calls > 1
    changes = {
        "enrichment_type": approval.enrichment_type,
        "credits_most": covered.most,
        "only_missing": OnlyMissing.TO_PART if covered.parts else OnlyMissing.NO,
        "calls_planned": covered.calls,
        "before": Before.TO_NOTE if approval.undoable else Before.NOT_NOTED,
        "started_by": person,
        "started_at": now,
        "stint": F("stint") + 1,
        "canary": has_canary,
        # After a canary a person's word decides when the rest goes; see resume_run.
        "forecast_at": None if has_canary else now + length,
        "wake_at": now,
    }
    if not Run.objects.move(run.pk, CHECKED, RunState.SENDING, **changes):
        return False
    detail = {"enrichment": approval.enrichment_type.value, "credits_most": covered.most}
    if covered.parts:
        detail |= {"enriched": covered.rows, "as_they_are": covered.as_they_are}
    if has_canary:
        detail["canary"] = True
    audit.record(person, "started an import", run, **detail)
    return True


def _cancel_sending(run: Run, person: Person) -> bool:
    changes = {
        "cancelled_by": person,
        "pause_reason": PauseReason.NONE,
        "problem": "",
        "problem_request_id": "",
        "wake_at": timezone.now(),
    }
    return Run.objects.move(run.pk, CANCELLABLE, RunState.CANCELLING, **changes)
