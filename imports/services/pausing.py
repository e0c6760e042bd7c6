"""Standing still: why a run waits for the API or for a person, and what it says meanwhile."""

from __future__ import annotations

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
from imports.services.writing import Writing

NOW = 0.0
LONGEST_WAIT = 60.0
# A person can do something about these, and the same call may then go well.
FOR_A_PERSON = (OutOfCredits, NotSignedIn, NotAllowed)


def pause(
    write: Writing,
    run: Run,
    reason: PauseReason,
    problem: str,
    request_id: str | None = None,
) -> float:
    """Stand still until a person acts, unless one has paused or cancelled it meanwhile."""
    has_paused = write.move(
        {RunState.SENDING},
        RunState.PAUSED,
        pause_reason=reason,
        problem=problem,
        problem_request_id=request_id or "",
        waiting_for="",
    )
    if has_paused:
        telling.paused(run, reason)
    connections.forget("credits")
    return NOW


def pause_or_end(write: Writing, run: Run, error: ApiError) -> float:
    """Before the first row: stand still for what a person can mend, else end the run."""
    if isinstance(error, FOR_A_PERSON):
        return pause(write, run, reason_of(error), error.problem, error.request_id)
    return give_up(write, run, error)


def give_up(write: Writing, run: Run, error: ApiError) -> float:
    """End a run that can't go on: what was not sent stays not sent."""
    ends = write.move(
        {RunState.SENDING, RunState.CANCELLING},
        RunState.CANCELLING,
        problem=error.problem,
        problem_request_id=error.request_id or "",
        waiting_for="",
    )
    if ends:
        keep_back(write, run)
    return NOW


def keep_back(write: Writing, run: Run) -> None:
    """What was not sent so far is not sent any more."""
    ready = Chunk.objects.of_plan(run).filter(state=ChunkState.READY)
    write.chunks(ready, state=ChunkState.NOT_SENT)


def wait_for(write: Writing, run: Run, error: ApiError) -> float:
    """Say on the run's page what is waited for; return for how long."""
    failures = run.failures_in_a_row + 1
    write.run(failures_in_a_row=failures, waiting_for=error.problem[:200])
    return patience(run, error)


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
