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

from django.db import transaction
from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, Rejected
from cleanlist_api.records import LeadPage
from connections import services as connections
from imports.models import FoundLead, KeepReason, Purpose, ReadBack, ReadBackState
from imports.models.read_backs import AT_WORK, TAKES_OUT
from imports.services import removing, telling
from imports.services.judging import LeadJudge, keep_doubtful
from imports.services.read_backs import imports_beside
from imports.services.setbacks import NO_ANSWER, NOW, ask_again, fail, mine
from imports.services.slots import LONGEST_NAP, take_slot
from imports.services.turns import Turn, others_wait, take_turn
from jobs.lease import still_mine

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
            mine(turn).update(wake_at=timezone.now() + timedelta(seconds=wait))


def _work(turn: Turn, until: float) -> float | None:
    """Seconds until the next step, or None when nothing is left to do."""
    while not turn.lost.is_set():
        if not still_mine():
            return NOW
        at_work = mine(turn).filter(state__in=AT_WORK)
        read_back = at_work.select_related("run", "chunk").first()
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
    if (wait := take_slot(read_back)) > 0:
        return wait
    try:
        return _read(read_back, turn)
    except NO_ANSWER as error:
        return ask_again(read_back, turn, error)
    except ApiError as error:
        if read_back.cursor and isinstance(error, Rejected):
            return _start_over(read_back, turn)
        return fail(turn, error.problem, error.request_id)


def _read(read_back: ReadBack, turn: Turn) -> float:
    client = connections.prepaid_client(Lane.IMPORT)
    page = client.leads_page(read_back.run.list_id, cursor=read_back.cursor or None)
    found = _judge(read_back).found(page.leads)
    with transaction.atomic():
        if not _keep_place(read_back, turn, page):
            return NOW
        FoundLead.objects.bulk_create(found, ignore_conflicts=True)
        if _is_first_of_undo(read_back):
            removing.note_seen(read_back.run, page.leads)
        if not page.cursor:
            _end_look(read_back, turn)
    return NOW


def _is_first_of_undo(read_back: ReadBack) -> bool:
    """No removal is under way beside such a look."""
    is_first = read_back.state == ReadBackState.READING
    return is_first and read_back.purpose == Purpose.UNDO


def _keep_place(read_back: ReadBack, turn: Turn, page: LeadPage) -> bool:
    same_place = mine(turn).filter(state=read_back.state, cursor=read_back.cursor)
    place = {
        "cursor": page.cursor or "",
        "leads_read": read_back.leads_read + len(page.leads),
        "leads_total": page.total,
        "failures_in_a_row": 0,
        "waiting_for": "",
    }
    return same_place.update(**place) == 1


def _end_look(read_back: ReadBack, turn: Turn) -> None:
    if _is_first_of_undo(read_back):
        removing.count_unseen(read_back.run)
    keep_doubtful(read_back)
    now = timezone.now()
    if read_back.state == ReadBackState.READING:
        mine(turn).update(state=ReadBackState.READ, read_at=now, wake_at=None)
        telling.looked(read_back)
    else:
        _keep_what_was_not_shown(read_back)
        mine(turn).update(state=ReadBackState.REMOVING, read_at=now)


def _keep_what_was_not_shown(read_back: ReadBack) -> None:
    found = FoundLead.objects.filter(read_back=read_back, reason="")
    shown = found.filter(look=1).values("lead_id")
    found.filter(look=2).exclude(lead_id__in=shown).update(reason=KeepReason.NOT_SHOWN)


def _start_over(read_back: ReadBack, turn: Turn) -> float:
    """The API does not accept the place any more: this look begins anew."""
    with transaction.atomic():
        if mine(turn).update(cursor="", leads_read=0) == 1:
            FoundLead.objects.filter(read_back=read_back, look=read_back.look).delete()
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
