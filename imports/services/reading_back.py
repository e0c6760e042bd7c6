"""Reading a list back page by page.

A worker's part of `read_backs`. Each page's findings are stored with the place to go on from
in one transaction, in the read-back's turn, so it goes on after a crash where it stopped. What
an undo then takes out is `removing`'s part.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, Rejected
from cleanlist_api.records import LeadPage
from cleanlist_api.walk import check_that_it_ends
from connections import services as connections
from imports.models import FoundLead, KeepReason, Purpose, ReadBack, ReadBackState
from imports.models.read_backs import AT_WORK, TAKES_OUT, ReadBackChanges
from imports.services import naming, removing, telling
from imports.services.judging import LeadJudge, keep_doubtful, tell_each_row_once
from imports.services.noting import MOST_STARTS
from imports.services.read_backs import imports_beside
from imports.services.setbacks import NO_ANSWER, NOW, ask_again, fail
from imports.services.slots import LONGEST_NAP, take_slot
from imports.services.turns import Turn, others_wait, take_turn
from imports.services.writing import Writing
from jobs import stopping
from jobs.pulse import got_on

# After a call a read-back lets other work go on, if there is some; after this in any case.
SLICE_SECONDS = 20.0
PRUNED = "The contents of the rows were deleted meanwhile, so their leads can't be told."


def advance(read_back_id: int, *, slice_seconds: float = SLICE_SECONDS) -> None:
    """Do the due steps of a read-back for about `slice_seconds`, then set when to wake.

    Safe to call at any time, from any process; raises nothing of the API's.
    """
    with take_turn(read_back_id, ReadBack) as turn:
        if turn is None:
            return
        wait = _work(turn, time.monotonic() + slice_seconds)
        if wait is not None:
            with turn.writing() as write:
                write.read_back(wake_at=timezone.now() + timedelta(seconds=wait))


def _work(turn: Turn, until: float) -> float | None:
    """Seconds until the next step, or None when nothing is left to do."""
    while not turn.lost.is_set():
        if stopping.is_asked():
            return NOW
        got_on()
        mine = ReadBack.objects.filter(pk=turn.pk, turn_token=turn.token, state__in=AT_WORK)
        read_back = mine.select_related("run", "chunk").first()
        if read_back is None:
            return None
        wait = step(read_back, turn)
        is_over = time.monotonic() > until or others_wait(read_back)
        if wait > LONGEST_NAP or (wait == NOW and is_over):
            return wait
        time.sleep(wait)
    return None


def step(read_back: ReadBack, turn: Turn) -> float:
    """One call of the API, or none when the budget says wait; seconds until the next."""
    if read_back.state in TAKES_OUT:
        return removing.step(read_back, turn)
    if read_back.run.pruned_at:
        return fail(turn, PRUNED)
    if read_back.state == ReadBackState.NAMING:
        return naming.step(read_back, turn)
    if (wait := take_slot(read_back)) > 0:
        return wait
    try:
        return _read(read_back, turn)
    except NO_ANSWER as error:
        return ask_again(read_back, turn, error)
    except ApiError as error:
        if isinstance(error, Rejected) and _may_start_over(read_back):
            return _start_over(read_back, turn)
        return fail(turn, error.problem, error.request_id)


def _read(read_back: ReadBack, turn: Turn) -> float:
    client = connections.prepaid_client(Lane.IMPORT)
    page = client.leads_page(read_back.run.list_id, cursor=read_back.cursor or None)
    check_that_it_ends(
        page,
        asked=read_back.cursor,
        read=read_back.leads_read,
        total=read_back.leads_total or 0,
    )
    found = _judge(read_back).found(page.leads)
    with turn.writing() as write:
        if not _keep_place(write, read_back, page):
            return NOW
        write.add(found, but_known=True)
        if _is_first_of_undo(read_back):
            removing.note_seen(write, read_back.run, page.leads)
        if not page.cursor:
            _end_look(write, read_back)
    return NOW


def _is_first_of_undo(read_back: ReadBack) -> bool:
    """No removal is under way beside such a look."""
    is_first = read_back.state == ReadBackState.READING
    return is_first and read_back.purpose == Purpose.UNDO


def _keep_place(write: Writing, read_back: ReadBack, page: LeadPage) -> bool:
    """False once a person has stopped the look meanwhile."""
    place: ReadBackChanges = {
        "cursor": page.cursor or "",
        "leads_read": read_back.leads_read + len(page.leads),
        "leads_total": page.total,
        "waiting_for": "",
    }
    if read_back.cursor or not page.cursor:  # The API took a place it had given.
        place["failures_in_a_row"] = 0
    return write.move_read_back({ReadBackState(read_back.state)}, **place)


def _end_look(write: Writing, read_back: ReadBack) -> None:
    if _is_first_of_undo(read_back):
        removing.count_unseen(write, read_back.run)
    now = timezone.now()
    if read_back.purpose == Purpose.NAMES:
        write.read_back(state=ReadBackState.NAMING, cursor="", read_at=now)
        return
    if read_back.purpose == Purpose.UNDO:
        keep_doubtful(write, read_back)
        tell_each_row_once(write, read_back)
    if read_back.state == ReadBackState.READING:
        write.read_back(state=ReadBackState.READ, read_at=now, wake_at=None)
        telling.looked(read_back)
    else:
        _keep_what_was_not_shown(write, read_back)
        write.read_back(state=ReadBackState.REMOVING, read_at=now)


def _keep_what_was_not_shown(write: Writing, read_back: ReadBack) -> None:
    found = FoundLead.objects.filter(read_back=read_back, reason="")
    shown = found.filter(look=1).values("lead_id")
    new = found.filter(look=2).exclude(lead_id__in=shown)
    write.found(new, reason=KeepReason.NOT_SHOWN)


def _may_start_over(read_back: ReadBack) -> bool:
    """Whether a place that is not accepted may be just that, and not the list itself."""
    return bool(read_back.cursor) and read_back.failures_in_a_row < MOST_STARTS


def _start_over(read_back: ReadBack, turn: Turn) -> float:
    """The API does not accept the place any more: this look begins anew."""
    look = FoundLead.objects.filter(read_back=read_back, look=read_back.look)
    failures = read_back.failures_in_a_row + 1
    with turn.writing() as write:
        write.read_back(cursor="", leads_read=0, failures_in_a_row=failures)
        write.delete(look)
    return NOW


def _judge(read_back: ReadBack) -> LeadJudge:
    """The judge of a look, kept for its next page: its index is made from every row.

    A new one as soon as another import into the list begins.
    """
    beside = imports_beside(read_back.run).order_by("pk").values_list("pk", flat=True)
    run = read_back.run
    return _judge_of(read_back.pk, run.key_salt, read_back.look, run.stint, tuple(beside))


@lru_cache(maxsize=1)
def _judge_of(
    read_back_id: int, salt: UUID, look: int, stint: int, beside: tuple[int, ...]
) -> LeadJudge:
    read_back = ReadBack.objects.select_related("run", "chunk").get(pk=read_back_id)
    return LeadJudge(read_back)
