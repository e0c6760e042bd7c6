"""Standing still: why a run waits for the API or for a person, and what it says meanwhile."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from cleanlist_api.errors import (
    ApiError,
    ListProtected,
    NotAllowed,
    NotSignedIn,
    OutOfCredits,
)
from connections import services as connections
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import telling

NOW = 0.0
LONGEST_WAIT = 60.0
# A person can do something about these, and the same call may then go well.
FOR_A_PERSON = (OutOfCredits, NotSignedIn, NotAllowed)


def pause(run: Run, reason: PauseReason, problem: str, request_id: str | None = None) -> float:
    """Stand still until a person acts, unless one has paused or cancelled it meanwhile."""
    changes = {
        "pause_reason": reason,
        "problem": problem,
        "problem_request_id": request_id or "",
        "waiting_for": "",
    }
    working = frozenset({RunState.SENDING})
    with transaction.atomic():
        if Run.objects.move(run.pk, working, RunState.PAUSED, **changes):
            telling.paused(run, reason)
    connections.forget("credits")
    return NOW


def pause_or_end(run: Run, error: ApiError) -> float:
    """Before the first row: stand still for what a person can mend, else end the run."""
    if isinstance(error, FOR_A_PERSON):
        return pause(run, reason_of(error), error.problem, error.request_id)
    return give_up(run, error)


def give_up(run: Run, error: ApiError) -> float:
    """End a run that can't go on: what was not sent stays not sent."""
    fields: dict[str, Any] = {
        "problem": error.problem,
        "problem_request_id": error.request_id or "",
        "waiting_for": "",
    }
    working = frozenset({RunState.SENDING, RunState.CANCELLING})
    with transaction.atomic():
        if Run.objects.move(run.pk, working, RunState.CANCELLING, **fields):
            ready = Chunk.objects.of_plan(run).filter(state=ChunkState.READY)
            ready.update(state=ChunkState.NOT_SENT)
    return NOW


def wait_for(run: Run, error: ApiError) -> float:
    """Say on the run's page what is waited for; return for how long."""
    seconds = patience(run, error)
    told = {"waiting_for": error.problem[:200]}
    tell(run, failures_in_a_row=run.failures_in_a_row + 1, **told)
    return seconds


def patience(run: Run, error: ApiError) -> float:
    """The server's word, else 2, 4, 8 … up to 60 seconds."""
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** (1 + min(run.failures_in_a_row, 8)), LONGEST_WAIT))


def reason_of(error: ApiError, otherwise: PauseReason = PauseReason.REJECTED) -> PauseReason:
    """Why a run pauses that met this refusal."""
    match error:
        case OutOfCredits():
            return PauseReason.CREDITS
        case NotSignedIn():
            return PauseReason.KEY
        case ListProtected() | NotAllowed():
            return PauseReason.SCOPE
        case _:
            return otherwise


def tell(run: Run, **changes: Any) -> None:
    Run.objects.filter(pk=run.pk).update(**changes)
