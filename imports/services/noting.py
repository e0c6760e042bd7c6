"""What was in a list before an import, noted so that an undo never takes it out.

One call for each 500 leads, before the first row goes in; a list the run has made itself
needs none.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from django.db import transaction

from cleanlist_api.client import LEADS_LIMIT
from cleanlist_api.records import LeadPage
from imports.core.seen import digest
from imports.models import Before, LeadsBefore, Run
from imports.models.runs import RunQuerySet
from imports.services.turns import Turn
from lists.services import list_head

# A longer list is noted only if the person wants it: it costs that many calls at the start.
MOST_CALLS_UNASKED = 20


class LeadsKnown:
    """The leads that were in the list before; `id in leads` tells."""

    def __init__(self, run: Run) -> None:
        pages = LeadsBefore.objects.filter(run=run).values_list("digests", flat=True)
        self._digests = {number for page in pages for number in array("Q", bytes(page))}

    def __contains__(self, lead_id: str) -> bool:
        return digest(lead_id) in self._digests


def calls_for(lead_count: int) -> int:
    """Calls it takes to read a list of `lead_count` leads once."""
    return max(1, -(-lead_count // LEADS_LIMIT))


def calls_before(run: Run) -> int:
    """Calls that noting would cost before the first row, by what is known of the list; 0 for
    a list that the run makes itself."""
    return calls_for(list_head(run.list_id).known.lead_count) if run.list_id else 0


def pages_noted(run: Run) -> int:
    """Pages of the list, each one call, that were read before the first row."""
    return LeadsBefore.objects.filter(run=run).count()


def keep_page(run: Run, turn: Turn, page: LeadPage) -> bool:
    """Store a page of the list with the place to go on from; false if the turn was lost."""
    place = {"before_cursor": page.cursor or ""}
    if not page.cursor:
        place["before"] = Before.NOTED
    with transaction.atomic():
        mine = Run.objects.filter(
            pk=run.pk,
            turn_token=turn.token,
            before=Before.TO_NOTE,
            before_cursor=run.before_cursor,
        )
        if mine.update(**place, waiting_for="") != 1:
            return False
        LeadsBefore.objects.create(
            run=run,
            page=pages_noted(run) + 1,
            leads=len(page.leads),
            digests=_packed(lead.lead_id for lead in page.leads),
        )
    return True


def start_over(run: Run, turn: Turn) -> None:
    """The place to go on from is not accepted any more: read the list from its start."""
    with transaction.atomic():
        if _to_note(run, turn).update(before_cursor=""):
            LeadsBefore.objects.filter(run=run).delete()


def _to_note(run: Run, turn: Turn) -> RunQuerySet:
    return Run.objects.filter(pk=run.pk, turn_token=turn.token, before=Before.TO_NOTE)


def _packed(lead_ids: Iterable[str]) -> bytes:
    return array("Q", map(digest, lead_ids)).tobytes()
