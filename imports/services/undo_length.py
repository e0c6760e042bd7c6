"""How long an undo still takes, from the calls ahead of it and the rate they may have."""

from __future__ import annotations

from datetime import timedelta

from imports.models import FoundLead, ReadBack, ReadBackState, Run
from imports.models.read_backs import TAKES_OUT
from imports.services import beside, forecast, noting
from imports.services.around import Around
from imports.services.read_backs import Findings
from imports.services.removing import REMOVED_A_CALL

READING = frozenset({ReadBackState.READING, ReadBackState.READING_AGAIN})


def length_of(
    undo: ReadBack, near: Around, findings: Findings | None = None
) -> timedelta | None:
    """Until the look is over, or the undo once a person has agreed to it; for a look that is
    over, how long the undo would take. None while the length of the list is not known."""
    calls = calls_ahead(undo, findings)
    return None if calls is None else _length(undo.run, near, calls)


def length_of_look(run: Run, near: Around) -> timedelta:
    """How long a look would take."""
    return _length(run, near, noting.calls_for(near.leads))


def calls_ahead(undo: ReadBack, findings: Findings | None = None) -> int | None:
    """Reads of 500 leads and removals of 100 that are still to come; None if unknown.
    `findings`: of the newest look, if they are at hand."""
    reads = _reads_ahead(undo)
    if reads is None or undo.state == ReadBackState.READING:
        return reads
    # Before its second look is over, what was agreed to is what the first one found.
    look = undo.look if undo.state in TAKES_OUT else 1
    if findings and look == undo.look:
        left = findings.left
    else:
        found = FoundLead.objects.filter(read_back=undo, look=look, reason="")
        left = found.filter(removed_at=None).count()
    return reads + -(-left // REMOVED_A_CALL)


def _reads_ahead(undo: ReadBack) -> int | None:
    if undo.state not in READING and undo.state != ReadBackState.READ:
        return 0
    if undo.leads_total is None:
        return None
    read = undo.leads_read if undo.state in READING else 0
    return noting.calls_for(max(0, undo.leads_total - read))


def _length(run: Run, near: Around, calls: int) -> timedelta:
    others, meter = beside.lately(run, near.sending), forecast.lately.meter()
    return forecast.length_of(0, 0, others, first=calls, meter=meter)
