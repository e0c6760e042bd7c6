"""Which rows the API skipped, where its replies count more than they name (10 at most).

The list is read back once for all such calls of a run. A row without a lead there was skipped;
if as many rows of a call have none as its reply left unnamed, then it is known which.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import F
from django.utils import timezone

from imports.models import (
    Chunk,
    ChunkState,
    FoundLead,
    KeepReason,
    ProblemRow,
    Purpose,
    ReadBack,
    ReadBackState,
    Run,
    RunState,
)
from imports.models.chunks import ChunkQuerySet
from imports.models.read_backs import ReadBackChanges
from imports.services import read_backs
from imports.services.setbacks import NOW
from imports.services.skipped_rows import missing_rows, reason_of, settle
from imports.services.turns import Turn
from people.models import Person

# Its next unnamed rows would begin another look; it asks for one itself when all is sent.
STILL_SENDING = frozenset({RunState.SENDING, RunState.CANCELLING})


@dataclass(frozen=True)
class Naming:
    """How far the naming of a run's skipped rows is; `look` is None before the first one.

    `cant_tell`: the list was read, and of some calls another number of rows has no lead in it
    than the API has skipped, so it can't be told which were.
    """

    look: ReadBack | None
    cant_tell: bool

    @property
    def is_at_work(self) -> bool:
        return self.look is not None and self.look.is_at_work


def unnamed_chunks(run: Run) -> ChunkQuerySet:
    """Answered chunks with skipped rows that nobody has named."""
    done = Chunk.objects.of_plan(run).filter(state=ChunkState.DONE)
    return done.filter(rows_named__lt=F("rows_skipped"))


def ask(run: Run, person: Person | None = None) -> ReadBack | None:
    """Have the list read back for the rows that were skipped and not named, once at a time;
    None if there are none, or nothing to compare with any more."""
    if run.pruned_at or not run.list_id or not unnamed_chunks(run).exists():
        return None
    looks = ReadBack.objects.filter(run=run, purpose=Purpose.NAMES)
    latest = looks.first()
    if latest and latest.is_at_work:
        return latest
    return read_backs.make(run, Purpose.NAMES, None, person)


def naming_of(run: Run) -> Naming:
    """Where the naming stands; for a run with unnamed rows, one query."""
    return by_look(ReadBack.objects.filter(run=run, purpose=Purpose.NAMES).first())


def by_look(look: ReadBack | None) -> Naming:
    return Naming(look, bool(look and look.state == ReadBackState.READ))


def step(read_back: ReadBack, turn: Turn) -> float:
    """Once the list is read: name the rows of one call; after the last the look is over."""
    left = read_backs.chunks_of(read_back).filter(pk__gt=int(read_back.cursor or 0))
    chunk = left.select_related("body").order_by("pk").first()
    if chunk is None:
        _end(read_back, turn)
    else:
        _name(read_back, turn, chunk)
    return NOW


def _name(read_back: ReadBack, turn: Turn, chunk: Chunk) -> None:
    here = FoundLead.objects.filter(read_back=read_back, chunk=chunk)
    found = here.exclude(reason=KeepReason.THERE_BEFORE).values_list("row", flat=True)
    named = ProblemRow.objects.filter(chunk=chunk).values_list("row", flat=True)
    missing = missing_rows(chunk, {*found, *named})
    unnamed = chunk.rows_skipped - chunk.rows_named
    reason = reason_of(chunk.skip_reasons)
    settled = settle(read_back.run, chunk, [*named, *missing], reason)
    with turn.writing() as write:
        if not write.move_read_back({ReadBackState.NAMING}, cursor=str(chunk.pk)):
            return
        if len(missing) <= unnamed:
            write.chunk(chunk, rows_named=chunk.rows_named + len(missing))
            write.add(settled.named, but_known=True)
        if len(missing) >= unnamed:
            write.bring(chunk, settled.brought)
        write.delete(here)  # needed for this alone, and they hold names


def _end(read_back: ReadBack, turn: Turn) -> None:
    run = Run.objects.get(pk=read_back.run_id)
    since = unnamed_chunks(run).filter(answered_at__gt=read_back.asked_at)
    over: ReadBackChanges = {
        "state": ReadBackState.READ,
        "ended_at": timezone.now(),
        "wake_at": None,
    }
    with turn.writing() as write:
        ended = write.move_read_back({ReadBackState.NAMING}, **over)
        if ended and run.state not in STILL_SENDING and since.exists():
            read_backs.make(run, Purpose.NAMES, None, read_back.asked_by)
