"""What the list shows of calls whose outcome is unknown, for the person who decides."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count, Q

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
from imports.services import read_backs
from people.models import Person

NOT_BY_THIS_CALL = [KeepReason.THERE_BEFORE]


@dataclass(frozen=True)
class Evidence:
    """Of `rows` sent, `found` have a lead in the list that was not there before the import.

    `before`: rows whose lead was there already. Where that was not noted (`is_noted`),
    `found` may count such leads too. The figures are final once `is_read`.
    """

    read_back: ReadBack
    rows: int
    found: int
    before: int
    is_noted: bool

    @property
    def is_read(self) -> bool:
        return self.read_back.state == ReadBackState.READ


def ask(run: Run, chunk: Chunk, person: Person | None = None) -> ReadBack | None:
    """Have the list read back for the rows of a chunk whose outcome is unknown.

    Once at a time for each chunk; None when there is nothing to compare with any more.
    """
    if run.pruned_at or not run.list_id:
        return None
    latest = ReadBack.objects.filter(chunk=chunk, purpose=Purpose.EVIDENCE).first()
    if latest and latest.is_at_work:
        return latest
    return read_backs.make(run, Purpose.EVIDENCE, chunk, person)


def look_again(run: Run, number: int, person: Person) -> bool:
    """Read the list once more for the unknown chunk `number`; false if it is not unknown."""
    unknown = Chunk.objects.of_plan(run).filter(number=number, state=ChunkState.UNKNOWN)
    chunk = unknown.first()
    return chunk is not None and ask(run, chunk, person) is not None


def evidence_for(run: Run, numbers: Collection[int]) -> dict[int, Evidence]:
    """The newest evidence of each of these chunks, by number; one query."""
    return looks_of(run, numbers, names=False).evidence


@dataclass(frozen=True)
class Looks:
    """The newest looks at a run's list for its page: `evidence` of unknown chunks by number,
    and that for the names of skipped rows."""

    evidence: dict[int, Evidence]
    names: ReadBack | None


def looks_of(run: Run, numbers: Collection[int], *, names: bool) -> Looks:
    """Evidence of the chunks of these numbers, and with `names` that other look; one query,
    none if nothing is asked for."""
    wanted = Q(purpose=Purpose.EVIDENCE, chunk__number__in=numbers)
    if names:
        wanted |= Q(purpose=Purpose.NAMES)
    if not names and not numbers:
        return Looks({}, None)
    there = Q(found__reason__in=NOT_BY_THIS_CALL)
    looks = ReadBack.objects.filter(wanted, run=run).annotate(
        rows_found=Count("found__row", distinct=True, filter=~there),
        rows_before=Count("found__row", distinct=True, filter=there),
    )
    newest = {
        look.chunk.number if look.chunk else None: look
        for look in looks.select_related("chunk").order_by("pk")
    }
    look_for_names = newest.pop(None, None)
    return Looks(
        {number: _evidence(run, look) for number, look in newest.items() if number},
        look_for_names,
    )


def found_rows(evidence: Evidence) -> set[int]:
    """Numbers of the rows that are in the list by this import."""
    found = FoundLead.objects.filter(read_back=evidence.read_back)
    ours = found.exclude(reason__in=NOT_BY_THIS_CALL)
    return set(ours.values_list("row", flat=True))


def _evidence(run: Run, look: ReadBack) -> Evidence:
    rows = look.chunk.rows if look.chunk else 0
    counted = vars(look)
    found, before = counted["rows_found"], counted["rows_before"]
    return Evidence(look, rows, found, before, run.before == Before.NOTED)
