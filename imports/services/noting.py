"""What was in a list before an import, noted so that an undo never takes it out.

One call for each 500 leads, before the first row goes in; a list the run has made itself
needs none.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable

from django.db.models import Sum

from cleanlist_api.client import LEADS_LIMIT
from cleanlist_api.records import LeadPage
from cleanlist_api.walk import check_that_it_ends
from imports.core.seen import digest
from imports.models import Before, LeadsBefore, Run
from imports.services.turns import Turn
from lists.services import list_head

# A longer list is noted only if the person wants it: it costs that many calls at the start.
MOST_CALLS_UNASKED = 20
# So often a list is read from its start because the API forgot the place.
MOST_STARTS = 3


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


def keep_page(run: Run, turn: Turn, page: LeadPage) -> None:
    """Store a page of the list with the place to go on from. Raises NeverEnds."""
    before = LeadsBefore.objects.filter(run=run).aggregate(leads=Sum("leads"))["leads"] or 0
    check_that_it_ends(page, asked=run.before_cursor, read=before)
    with turn.writing() as write:
        write.run(before_cursor=page.cursor or "", waiting_for="")
        if not page.cursor:
            write.run(before=Before.NOTED, refusals_in_a_row=0)
        noted = LeadsBefore(
            run=run,
            page=pages_noted(run) + 1,
            leads=len(page.leads),
            digests=_packed(lead.lead_id for lead in page.leads),
        )
        write.add([noted])


def start_over(run: Run, turn: Turn) -> None:
    """The place to go on from is not accepted any more: read the list from its start."""
    with turn.writing() as write:
        write.run(before_cursor="", refusals_in_a_row=run.refusals_in_a_row + 1)
        write.delete(LeadsBefore.objects.filter(run=run))


def may_start_over(run: Run) -> bool:
    """Whether a place that is not accepted may be just that, and not the list itself."""
    return bool(run.before_cursor) and run.refusals_in_a_row < MOST_STARTS


def _packed(lead_ids: Iterable[str]) -> bytes:
    return array("Q", map(digest, lead_ids)).tobytes()
