"""What a read-back does after a call that brought nothing: it asks again, or it ends."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from cleanlist_api.errors import ApiError, BadReply, Busy, Unreachable
from imports.models import ReadBack, ReadBackState
from imports.models.read_backs import AT_WORK
from imports.services.turns import Turn

# Asked again as long as it takes: reading changes nothing, removing twice neither.
NO_ANSWER = (Busy, Unreachable, BadReply)
LONGEST_WAIT = 60.0
NOW: Final = 0.0


def ask_again(read_back: ReadBack, turn: Turn, error: ApiError) -> float:
    """Say what is waited for; return for how many seconds: the API's word, else 2, 4, 8 …"""
    failures = read_back.failures_in_a_row + 1
    with turn.writing() as write:
        write.read_back(failures_in_a_row=failures, waiting_for=error.problem[:200])
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** min(failures, 8), LONGEST_WAIT))


def fail(turn: Turn, problem: str, request_id: str | None = None) -> float:
    """End it for good, with the reason."""
    with turn.writing() as write:
        write.move_read_back(
            AT_WORK,
            state=ReadBackState.FAILED,
            problem=problem,
            request_id=request_id or "",
            ended_at=timezone.now(),
            wake_at=None,
            waiting_for="",
        )
    return NOW
