"""Asking for a list to be read back, agreeing to an undo, and what was found.

The reading and removing itself is a worker's: `reading_back`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.db.models import Case, Count, Exists, F, Q, QuerySet, When
from django.utils import timezone

from imports.models import (
    Before,
    Chunk,
    ChunkState,
    FoundLead,
    KeepReason,
    Purpose,
    ReadBack,
    ReadBackState,
    Run,
)
from imports.models.chunks import ChunkQuerySet
from imports.models.read_backs import AT_WORK
from imports.services.pages import NumberedPage, cut
from people import audit
from people.models import Person


class CannotUndo(Exception):
    """Why an import can't be undone, as a sentence for a person."""


class NotAsShown(Exception):
    """The person agreed to another number of leads than would be taken out."""


@dataclass(frozen=True)
class Findings:
    """What one look found of `rows` imported (or doubtful) rows. Of an undo, each row counts
    once: `rows` = `removable` + `kept` + `missing`.

    `removable` leads came from this import alone; `kept` are those an undo leaves, by reason;
    `missing` rows have no lead in the list. `removed`: leads taken out so far; `in_flight`:
    leads whose removal was asked for and has no answer yet; `left`: of the removable those
    not taken out yet.
    """

    rows: int
    removable: int
    kept: dict[KeepReason, int]
    missing: int
    removed: int
    in_flight: int
    left: int

    @property
    def kept_leads(self) -> int:
        return sum(self.kept.values())


@dataclass(frozen=True)
class FoundPage(NumberedPage):
    """A page of found leads in the order of their rows."""

    rows: Sequence[FoundLead]


def in_the_way(run: Run) -> str:
    """Why `run` can't be undone, "" if it can."""
    if not run.is_over:
        return "The import is not over. Wait for its end, or cancel it."
    if run.pruned_at:
        return "The contents of its rows were deleted, so its leads can't be told any more."
    is_pruned, has_rows = Run.objects.filter(pk=run.pk).values_list(
        Exists(imports_beside(run).exclude(pruned_at=None)), Exists(undoable_chunks(run))
    )[0]
    if is_pruned:
        return (
            "The rows of another import into this list were deleted, so it can't be told "
            "whose leads are whose."
        )
    if run.before != Before.NOTED:
        return (
            "What was in the list before this import was not noted, so its leads can't be "
            "told from those that were there."
        )
    if not has_rows:
        return "None of its rows is in the list."
    return ""


def imports_beside(run: Run) -> QuerySet[Run]:
    """Imports into the run's list that may have added leads after this one began."""
    since = run.started_at or run.created_at
    not_over_before = Q(ended_at=None) | Q(ended_at__gte=since)
    same = Run.objects.filter(not_over_before, list_id=run.list_id)
    return same.exclude(pk=run.pk).exclude(started_at=None)


def undoable_chunks(run: Run) -> ChunkQuerySet:
    """Answered chunks with imported rows that were not undone."""
    done = Chunk.objects.of_plan(run).filter(state=ChunkState.DONE)
    return done.filter(rows_imported__gt=0).exclude(rows_undone__gte=F("rows_imported"))


def ask_undo(run: Run, person: Person, number: int | None = None) -> ReadBack:
    """Have the list read back for an undo of the run, or of its call `number`.

    Nothing is removed by this. While one is under way it is returned instead of a second.
    Raises CannotUndo.
    """
    if under_way := _at_work(run):
        return under_way
    if refusal := in_the_way(run):
        raise CannotUndo(refusal)
    chunk = undoable_chunks(run).filter(number=number).first() if number else None
    if number and chunk is None:
        raise CannotUndo(f"No row of batch {number:,} is in the list.")
    try:
        with transaction.atomic():
            made = make(run, Purpose.UNDO, chunk, person)
            audit.record(person, "looked what an undo would take out", run)
            return made
    except IntegrityError:
        return ReadBack.objects.get(run=run, purpose=Purpose.UNDO, state__in=AT_WORK)


def _at_work(run: Run) -> ReadBack | None:
    return ReadBack.objects.filter(run=run, purpose=Purpose.UNDO, state__in=AT_WORK).first()


def latest_undo(run: Run, number: int | None = None) -> ReadBack | None:
    """The newest undo of the whole run, or of its call `number`, with `run` as its run; one
    at work before others."""
    at_work = Q(state__in=AT_WORK)
    asked = Q(chunk__number=number) if number else Q(chunk=None)
    undos = ReadBack.objects.filter(asked | at_work, run=run, purpose=Purpose.UNDO)
    at_work_first = Case(When(at_work, then=0), default=1)
    undo = undos.select_related("chunk").order_by(at_work_first, "-pk").first()
    if undo:
        undo.run = run
    return undo


def confirm(read_back: ReadBack, person: Person, leads: int) -> bool:
    """Agree to take out the `leads` leads that were shown; true if this call agreed.

    The list is read once more first, and what changed since stays. Raises NotAsShown if
    another number would be taken out, and CannotUndo.
    """
    if refusal := in_the_way(read_back.run):
        raise CannotUndo(refusal)
    if findings_of(read_back).removable != leads or not leads:
        raise NotAsShown
    again = {
        "state": ReadBackState.READING_AGAIN,
        "look": 2,
        "cursor": "",
        "leads_read": 0,
        "confirmed_by": person,
        "confirmed_at": timezone.now(),
        "wake_at": timezone.now(),
    }
    read = ReadBack.objects.filter(
        pk=read_back.pk, purpose=Purpose.UNDO, state=ReadBackState.READ
    )
    try:
        with transaction.atomic():
            if read.update(**again) != 1:
                return False
            audit.record(person, "undid an import", read_back.run, leads=leads)
    except IntegrityError:
        raise CannotUndo("Another undo of this import is under way.") from None
    return True


def stop(read_back: ReadBack, person: Person) -> bool:
    """Read and remove no further; what was taken out stays out.

    While a removal is in flight it is only stopping: its answer comes first.
    """
    now = timezone.now()
    mine = ReadBack.objects.filter(pk=read_back.pk)
    with transaction.atomic():
        goes_on = mine.filter(state__in=AT_WORK).exclude(state=ReadBackState.STOPPING)
        if goes_on.update(state=ReadBackState.STOPPING, wake_at=now) != 1:
            return False
        if not in_flight(read_back).exists():
            mine.update(state=ReadBackState.STOPPED, ended_at=now, wake_at=None)
        audit.record(person, "stopped an undo", read_back.run)
    return True


def in_flight(read_back: ReadBack) -> QuerySet[FoundLead]:
    """Leads whose removal was asked for and has no answer yet: they may be in the list."""
    asked = FoundLead.objects.filter(read_back=read_back).exclude(asked_at=None)
    return asked.filter(removed_at=None)


def findings_of(read_back: ReadBack) -> Findings:
    """Add up what the newest look found, in two queries."""
    found = FoundLead.objects.filter(read_back=read_back, look=read_back.look)
    reasons = {f"is_{reason}": Q(reason=reason) for reason in KeepReason.values}
    facts = found.aggregate(
        rows=Count("row", distinct=True),
        removed=Count("pk", filter=~Q(removed_at=None)),
        in_flight=Count("pk", filter=~Q(asked_at=None) & Q(removed_at=None)),
        left=Count("pk", filter=Q(reason=KeepReason.NONE, removed_at=None)),
        **{name: Count("pk", filter=has) for name, has in reasons.items()},
    )
    counts = {reason: facts[f"is_{reason}"] for reason in KeepReason}
    removable = counts.pop(KeepReason.NONE)
    # What this undo took out is counted as undone already.
    rows = rows_of(read_back) + facts["removed"]
    return Findings(
        rows=rows,
        removable=removable,
        kept={reason: n for reason, n in counts.items() if n},
        missing=max(0, rows - facts["rows"]),
        removed=facts["removed"],
        in_flight=facts["in_flight"],
        left=facts["left"],
    )


def rows_of(read_back: ReadBack) -> int:
    """How many rows a read-back looks for."""
    if read_back.purpose == Purpose.EVIDENCE and read_back.chunk:
        return read_back.chunk.rows
    imported = chunks_of(read_back).values_list("rows_imported", "rows_undone")
    return sum(rows - undone for rows, undone in imported)


def chunks_of(read_back: ReadBack) -> ChunkQuerySet:
    """The chunks whose rows a read-back looks for, in file order."""
    chunks = Chunk.objects.of_plan(read_back.run).order_by("number")
    if read_back.chunk_id:
        return chunks.filter(pk=read_back.chunk_id)
    done = chunks.filter(state=ChunkState.DONE, rows_imported__gt=0)
    if read_back.purpose == Purpose.NAMES:
        answered = done.filter(answered_at__lte=read_back.asked_at)
        return answered.filter(rows_named__lt=F("rows_skipped"))
    return done


def found_page(read_back: ReadBack, reason: str, page: int = 1) -> FoundPage:
    """A page of what the newest look found for one reason ("" = would be taken out)."""
    found = FoundLead.objects.filter(
        read_back=read_back, look=read_back.look, reason=reason
    ).select_related("chunk")
    return FoundPage(*cut(found, page))


def make(run: Run, purpose: Purpose, chunk: Chunk | None, person: Person | None) -> ReadBack:
    return ReadBack.objects.create(
        run=run, purpose=purpose, chunk=chunk, asked_by=person, wake_at=timezone.now()
    )
