"""Whose lead it is: which row of an import it came from, and why an undo leaves it."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property

from django.db.models import Count, QuerySet

from cleanlist_api.records import Lead
from enrichment.services import most_credits
from imports.core.matching import Change, change_of, name_of
from imports.models import (
    Before,
    Chunk,
    FoundLead,
    KeepReason,
    Purpose,
    ReadBack,
    Run,
)
from imports.services.noting import LeadsKnown
from imports.services.read_backs import chunks_of, imports_beside
from imports.services.row_index import RowIndex
from imports.services.writing import Writing

REASONS = {Change.CHANGED: KeepReason.CHANGED, Change.ENRICHED: KeepReason.ENRICHED}
NOT_OURS = [KeepReason.THERE_BEFORE, KeepReason.OTHER_IMPORT]
TOUCHED = [KeepReason.CHANGED, KeepReason.ENRICHED]
# Which of a row's leads tells what becomes of it: its own before those of others.
TELLING = [
    KeepReason.NONE,
    KeepReason.SEVERAL,
    KeepReason.ENRICHED,
    KeepReason.CHANGED,
    KeepReason.ENRICHING,
    KeepReason.PAID,
    *reversed(NOT_OURS),
]
DROPPED_AT_ONCE = 1_000


class LeadJudge:
    """Judges the leads of a run's list one by one, by the rows of the read-back's chunks."""

    def __init__(self, read_back: ReadBack) -> None:
        self._read_back = read_back
        self._chunks = list(chunks_of(read_back).select_related("workflow"))
        self._index = RowIndex(self._chunks)
        self._before = LeadsKnown(read_back.run)

    def found(self, leads: Iterable[Lead]) -> list[FoundLead]:
        """Those of `leads` that fit a row, each with the reason to keep it, if any."""
        judged = (self._judge(lead) for lead in leads)
        return [found for found in judged if found]

    def _judge(self, lead: Lead) -> FoundLead | None:
        facts = vars(lead)
        row = self._index.of(facts)
        if row is None:
            return None
        return FoundLead(
            read_back=self._read_back,
            look=self._read_back.look,
            chunk=row.chunk,
            row=row.number,
            lead_id=lead.lead_id,
            name=(name_of(facts) or lead.email or "")[:200],
            reason=self._reason(lead, row.chunk, change_of(row.values, facts)),
        )

    def _reason(self, lead: Lead, chunk: Chunk, change: Change | None) -> KeepReason:
        if lead.lead_id in self._before:
            return KeepReason.THERE_BEFORE
        if self._read_back.purpose != Purpose.UNDO:
            return KeepReason.NONE
        if any(other.may_have_added(lead) for other in self._others):
            return KeepReason.OTHER_IMPORT
        if change:
            return REASONS[change]
        if chunk.workflow and not chunk.workflow.is_over:
            return KeepReason.ENRICHING
        return KeepReason.NONE

    @cached_property
    def _others(self) -> list[OtherImport]:
        return [OtherImport(run) for run in imports_beside(self._read_back.run)]


class OtherImport:
    """Another import into the same list, not over when this one began, or later."""

    def __init__(self, run: Run) -> None:
        self._index = RowIndex(list(Chunk.objects.of_plan(run)))
        self._before = LeadsKnown(run) if run.before == Before.NOTED else None

    def may_have_added(self, lead: Lead) -> bool:
        if vars(lead) not in self._index:
            return False
        return self._before is None or lead.lead_id not in self._before


def keep_doubtful(write: Writing, read_back: ReadBack) -> None:
    """After an undo's look: keep the leads whose row has several, and those of calls that were
    paid for without a sign for whom."""
    found = FoundLead.objects.filter(read_back=read_back, look=read_back.look)
    _keep_several(write, found)
    for chunk in chunks_of(read_back).filter(workflow__credits_charged__gt=0):
        touched = found.filter(chunk=chunk, reason__in=TOUCHED).count()
        paid = chunk.workflow.credits_charged if chunk.workflow else None
        if (paid or 0) > most_credits(touched, read_back.run.enrichment_type):
            write.found(found.filter(chunk=chunk, reason=""), reason=KeepReason.PAID)


def tell_each_row_once(write: Writing, read_back: ReadBack) -> None:
    """After a look of an undo: of the leads that fit a row only one stays noted, so that what
    goes, what stays and what is missing add up to the rows of the import."""
    found = FoundLead.objects.filter(read_back=read_back, look=read_back.look).order_by()
    several = found.values("row").annotate(leads=Count("pk")).filter(leads__gt=1)
    of_several = found.filter(row__in=several.values("row"))
    leads = sorted(of_several.values_list("row", "reason", "pk"), key=_telling_last)
    telling = {row: pk for row, _, pk in leads}
    spare = [pk for row, _, pk in leads if telling[row] != pk]
    for start in range(0, len(spare), DROPPED_AT_ONCE):
        write.delete(found.filter(pk__in=spare[start : start + DROPPED_AT_ONCE]))


def _telling_last(lead: tuple[int, str, int]) -> tuple[int, int]:
    _, reason, pk = lead
    return -TELLING.index(KeepReason(reason)), -pk


def _keep_several(write: Writing, found: QuerySet[FoundLead]) -> None:
    new = found.exclude(reason__in=NOT_OURS).order_by()
    several = new.values("row").annotate(leads=Count("pk")).filter(leads__gt=1)
    doubtful = found.filter(reason="", row__in=several.values("row"))
    write.found(doubtful, reason=KeepReason.SEVERAL)
