"""How long an undo still takes, from the calls ahead of it and the rate they may have."""

from __future__ import annotations

from datetime import timedelta

from imports.models import FoundLead, ReadBack, ReadBackState, Run
from imports.models.read_backs import TAKES_OUT
from imports.services import forecast, noting
from imports.services.beside import beside
from imports.services.removing import REMOVED_A_CALL

READING = frozenset({ReadBackState.READING, ReadBackState.READING_AGAIN})


def length_of(undo: ReadBack) -> timedelta | None:
    """Until the look is over, or the undo once a person has agreed to it; for a look that is
    over, how long the undo would take. None while the length of the list is not known."""
    calls = calls_ahead(undo)
    return None if calls is None else _length(undo.run, calls)


def length_of_look(run: Run) -> timedelta:
    """How long a look would take."""
    return _length(run, noting.calls_before(run))


def calls_ahead(undo: ReadBack) -> int | None:
    """Reads of 500 leads and removals of 100 that are still to come; None if unknown."""
    reads = _reads_ahead(undo)
    if reads is None or undo.state == ReadBackState.READING:
        return reads
    left = FoundLead.objects.filter(read_back=undo, reason="", removed_at=None)
    # Before its second look is over, what was agreed to is what the first one found.
    look = undo.look if undo.state in TAKES_OUT else 1
    return reads + -(-left.filter(look=look).count() // REMOVED_A_CALL)


def _reads_ahead(undo: ReadBack) -> int | None:
    if undo.state not in READING and undo.state != ReadBackState.READ:
        return 0
    if undo.leads_total is None:
        return None
    read = undo.leads_read if undo.state in READING else 0
    return noting.calls_for(max(0, undo.leads_total - read))


def _length(run: Run, calls: int) -> timedelta:
    return forecast.length_of(0, 0, beside(run), first=calls)
