"""Taking out of the list what an undo was agreed for, some leads a call.

The leads of a call are noted before it leaves. Until its answer is noted too they are *in
flight*, whatever becomes of the worker, and nothing else is done before the same call has gone
again: taking the same leads out twice changes nothing. To look into the list instead would not
do, for the API may still be at the call whose answer was lost.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Count, QuerySet
from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, NotFound, Rejected
from cleanlist_api.records import Lead
from connections import services as connections
from imports.models import Chunk, FoundLead, ReadBack, ReadBackState, Run
from imports.models.read_backs import TAKES_OUT
from imports.services import telling
from imports.services.read_backs import findings_of, in_flight
from imports.services.setbacks import NO_ANSWER, NOW, ask_again, fail
from imports.services.slots import take_slot
from imports.services.turns import Turn
from imports.services.writing import Writing
from lists import services as lists
from people import audit

# The API's most for one call (contract 3.2, remove leads).
REMOVED_A_CALL = 100
FAILED = ReadBackState.FAILED


def step(read_back: ReadBack, turn: Turn) -> float:
    """One removal, or none when the budget says wait or nothing is left; seconds until the
    next."""
    asked = list(in_flight(read_back)[:REMOVED_A_CALL])
    batch = asked or list(_to_go(read_back)[:REMOVED_A_CALL])
    if not batch:
        return _finish(read_back, turn)
    if read_back.state == ReadBackState.STOPPING and not asked:
        return _stop(turn)
    if (wait := take_slot(read_back)) > 0:
        return wait
    if not asked and not _note_asked(batch, turn):
        return NOW
    try:
        client = connections.prepaid_client(Lane.IMPORT)
        client.remove_leads(read_back.run.list_id, [found.lead_id for found in batch])
    except ApiError as error:
        return _refused(read_back, turn, batch, error, was_asked=bool(asked))
    _note_removed(batch, turn)
    lists.forget_list(read_back.run.list_id)
    return NOW


def _to_go(read_back: ReadBack) -> QuerySet[FoundLead]:
    found = FoundLead.objects.filter(read_back=read_back, look=read_back.look, reason="")
    return found.filter(removed_at=None)


def _note_asked(batch: Sequence[FoundLead], turn: Turn) -> bool:
    """Commit what is about to be asked for; False once the undo is stopped."""
    with turn.writing() as write:
        if not write.move_read_back({ReadBackState.REMOVING}, waiting_for=""):
            return False
        write.found(_of(batch), asked_at=timezone.now())
    return True


def _note_removed(batch: Sequence[FoundLead], turn: Turn) -> None:
    with turn.writing() as write:
        write.read_back(failures_in_a_row=0, waiting_for="")
        write.found(_of(batch), removed_at=timezone.now())
        _count_undone(write, batch)


def _count_undone(write: Writing, batch: Sequence[FoundLead]) -> None:
    write.take_out(batch)
    for chunk_id in {found.chunk_id for found in batch}:
        gone = FoundLead.objects.filter(chunk=chunk_id).exclude(removed_at=None)
        rows = gone.aggregate(rows=Count("row", distinct=True))["rows"]
        write.chunks(Chunk.objects.filter(pk=chunk_id), rows_undone=rows)


def _refused(
    read_back: ReadBack,
    turn: Turn,
    batch: Sequence[FoundLead],
    error: ApiError,
    *,
    was_asked: bool,
) -> float:
    """Only the first refusal of a call proves that nothing of it was done. While it is not
    known what was, a refused key is waited for as well: with it the question is answered."""
    if not was_asked and not error.outcome_unknown:
        with turn.writing() as write:
            write.read_back(waiting_for="")
            write.found(_of(batch), asked_at=None)
    is_for_good = isinstance(error, (NotFound, Rejected))
    if isinstance(error, NO_ANSWER) or (was_asked and not is_for_good):
        return ask_again(read_back, turn, error)
    return fail(turn, error.problem, error.request_id)


def _of(batch: Sequence[FoundLead]) -> QuerySet[FoundLead]:
    return FoundLead.objects.filter(pk__in=[found.pk for found in batch], removed_at=None)


def note_seen(write: Writing, run: Run, leads: Iterable[Lead]) -> None:
    """Leads whose removal failed without an answer are still in the list if an undo's first
    look sees them there."""
    seen = {lead.lead_id for lead in leads}
    write.found(_without_answer(run).filter(lead_id__in=seen), asked_at=None)


def count_unseen(write: Writing, run: Run) -> None:
    """At the end of that look the others of them are out."""
    if unseen := list(_without_answer(run)):
        write.found(_of(unseen), removed_at=timezone.now())
        _count_undone(write, unseen)


def _without_answer(run: Run) -> QuerySet[FoundLead]:
    failed = FoundLead.objects.filter(read_back__run=run, read_back__state=FAILED)
    return failed.exclude(asked_at=None).filter(removed_at=None)


def _finish(read_back: ReadBack, turn: Turn) -> float:
    findings = findings_of(read_back)
    with turn.writing() as write:
        if _end(write, TAKES_OUT, ReadBackState.DONE):
            audit.record(
                None,
                "ended an undo",
                read_back.run,
                undone=findings.removed,
                kept=findings.kept_leads,
            )
            telling.undone(read_back, findings.removed, findings.kept_leads)
    return NOW


def _stop(turn: Turn) -> float:
    with turn.writing() as write:
        _end(write, {ReadBackState.STOPPING}, ReadBackState.STOPPED)
    return NOW


def _end(write: Writing, states: Collection[ReadBackState], end: ReadBackState) -> bool:
    now = timezone.now()
    return write.move_read_back(states, state=end, ended_at=now, wake_at=None, waiting_for="")
