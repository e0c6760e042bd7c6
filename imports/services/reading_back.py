"""Reading a list back page by page, and taking out what an undo was agreed for.

A worker's part of `read_backs`. Each page's findings are stored with the place to go on from
in one transaction, in the read-back's turn; taking the same leads out twice changes nothing,
so both go on after a crash where they stopped.
"""

from __future__ import annotations

import time
from datetime import timedelta
from functools import lru_cache
from uuid import UUID

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, BadReply, Busy, Rejected, Unreachable
from cleanlist_api.records import LeadPage
from connections import services as connections
from imports.models import (
    Chunk,
    FoundLead,
    KeepReason,
    ReadBack,
    ReadBackState,
)
from imports.models.read_backs import AT_WORK, ReadBackQuerySet
from imports.services import telling
from imports.services.judging import LeadJudge, keep_doubtful
from imports.services.read_backs import findings_of, imports_beside
from imports.services.slots import LONGEST_NAP, take_slot
from imports.services.turns import Turn, others_wait, take_turn
from jobs.lease import still_mine
from lists import services as lists
from people import audit

# After a call a read-back lets other work go on, if there is some; after this in any case.
SLICE_SECONDS = 20.0
LONGEST_WAIT = 60.0
# The API's most for one call (contract 3.2, remove leads).
REMOVED_A_CALL = 100
NOW = 0.0
PRUNED = "The contents of the rows were deleted meanwhile, so their leads can't be told."
# Asked again as long as it takes: reading changes nothing, removing twice neither.
NO_ANSWER = (Busy, Unreachable, BadReply)


def advance(read_back_id: int, *, slice_seconds: float = SLICE_SECONDS) -> None:
    """Do the due steps of a read-back for about `slice_seconds`, then set when to wake.

    Safe to call at any time, from any process; raises nothing of the API's.
    """
    with take_turn(read_back_id, ReadBack) as turn:
        if turn is None:
            return
        wait = _work(turn, time.monotonic() + slice_seconds)
        if wait is not None:
            _mine(turn).update(wake_at=timezone.now() + timedelta(seconds=wait))


def _work(turn: Turn, until: float) -> float | None:
    """Seconds until the next step, or None when nothing is left to do."""
    while not turn.lost.is_set():
        if not still_mine():
            return NOW
        mine = _mine(turn).filter(state__in=AT_WORK)
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
    if read_back.run.pruned_at:
        return _end_as_failed(turn, PRUNED)
    if (wait := take_slot(read_back)) > 0:
        return wait
    try:
        if read_back.state == ReadBackState.REMOVING:
            return _remove(read_back, turn)
        return _read(read_back, turn)
    except NO_ANSWER as error:
        return _ask_again(read_back, turn, error)
    except Rejected as error:
        return _start_over(read_back, turn) if read_back.cursor else _fail(turn, error)
    except ApiError as error:
        return _fail(turn, error)


def _read(read_back: ReadBack, turn: Turn) -> float:
    client = connections.prepaid_client(Lane.IMPORT)
    page = client.leads_page(read_back.run.list_id, cursor=read_back.cursor or None)
    found = _judge(read_back).found(page.leads)
    with transaction.atomic():
        if not _keep_place(read_back, turn, page):
            return NOW
        FoundLead.objects.bulk_create(found, ignore_conflicts=True)
        if not page.cursor:
            _end_look(read_back, turn)
    return NOW


def _keep_place(read_back: ReadBack, turn: Turn, page: LeadPage) -> bool:
    same_place = _mine(turn).filter(state=read_back.state, cursor=read_back.cursor)
    place = {
        "cursor": page.cursor or "",
        "leads_read": read_back.leads_read + len(page.leads),
        "leads_total": page.total,
        "failures_in_a_row": 0,
        "waiting_for": "",
    }
    return same_place.update(**place) == 1


def _end_look(read_back: ReadBack, turn: Turn) -> None:
    keep_doubtful(read_back)
    now = timezone.now()
    if read_back.state == ReadBackState.READING:
        _mine(turn).update(state=ReadBackState.READ, read_at=now, wake_at=None)
        telling.looked(read_back)
    else:
        _keep_what_was_not_shown(read_back)
        _mine(turn).update(state=ReadBackState.REMOVING, read_at=now)


def _keep_what_was_not_shown(read_back: ReadBack) -> None:
    found = FoundLead.objects.filter(read_back=read_back, reason="")
    shown = found.filter(look=1).values("lead_id")
    found.filter(look=2).exclude(lead_id__in=shown).update(reason=KeepReason.NOT_SHOWN)


def _remove(read_back: ReadBack, turn: Turn) -> float:
    to_go = FoundLead.objects.filter(
        read_back=read_back, look=read_back.look, reason="", removed_at=None
    )
    batch = list(to_go[:REMOVED_A_CALL])
    if not batch:
        return _finish(read_back, turn)
    client = connections.prepaid_client(Lane.IMPORT)
    client.remove_leads(read_back.run.list_id, [found.lead_id for found in batch])
    with transaction.atomic():
        if _mine(turn).update(failures_in_a_row=0, waiting_for="") == 1:
            _note_removed(batch)
    lists.forget_list(read_back.run.list_id)
    return NOW


def _note_removed(batch: list[FoundLead]) -> None:
    found = FoundLead.objects.filter(pk__in=[found.pk for found in batch], removed_at=None)
    found.update(removed_at=timezone.now())
    for chunk_id in {found.chunk_id for found in batch}:
        gone = FoundLead.objects.filter(chunk=chunk_id).exclude(removed_at=None)
        rows = gone.aggregate(rows=Count("row", distinct=True))["rows"]
        Chunk.objects.filter(pk=chunk_id).update(rows_undone=rows)


def _finish(read_back: ReadBack, turn: Turn) -> float:
    findings = findings_of(read_back)
    ended = {"state": ReadBackState.DONE, "ended_at": timezone.now(), "wake_at": None}
    with transaction.atomic():
        if _mine(turn).filter(state=ReadBackState.REMOVING).update(**ended) == 1:
            audit.record(
                None,
                "ended an undo",
                read_back.run,
                undone=findings.removed,
                kept=findings.kept_leads,
            )
            telling.undone(read_back, findings.removed, findings.kept_leads)
    return NOW


def _ask_again(read_back: ReadBack, turn: Turn, error: ApiError) -> float:
    failures = read_back.failures_in_a_row + 1
    _mine(turn).update(failures_in_a_row=failures, waiting_for=error.problem[:200])
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** min(failures, 8), LONGEST_WAIT))


def _start_over(read_back: ReadBack, turn: Turn) -> float:
    """The API does not accept the place any more: this look begins anew."""
    with transaction.atomic():
        if _mine(turn).update(cursor="", leads_read=0) == 1:
            FoundLead.objects.filter(read_back=read_back, look=read_back.look).delete()
    return NOW


def _fail(turn: Turn, error: ApiError) -> float:
    return _end_as_failed(turn, error.problem, error.request_id or "")


def _end_as_failed(turn: Turn, problem: str, request_id: str = "") -> float:
    _mine(turn).filter(state__in=AT_WORK).update(
        state=ReadBackState.FAILED,
        problem=problem,
        request_id=request_id,
        ended_at=timezone.now(),
        wake_at=None,
        waiting_for="",
    )
    return NOW


def _mine(turn: Turn) -> ReadBackQuerySet:
    """The read-back the turn is held on, as long as it is held."""
    return ReadBack.objects.filter(pk=turn.pk, turn_token=turn.token)


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
