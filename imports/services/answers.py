"""What each answer of the API means for a chunk and its run.

Every function returns how many seconds to wait before the run's next step. The rule
behind each branch is in docs/import-lifecycle.md, "Answers".
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from cleanlist_api.errors import (
    ApiError,
    BadReply,
    Busy,
    Conflict,
    ListProtected,
    NotAllowed,
    NotFound,
    NotSignedIn,
    OutOfCredits,
    QuoteRefused,
    ServerFault,
    TooLarge,
    Unreachable,
)
from cleanlist_api.records import CsvResult
from connections import services as connections
from enrichment import services as enrichment
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import claims, evidence, splitting, telling
from imports.services.skipped_rows import record_api_skips
from imports.services.turns import Turn
from web.words import counted

NOW = 0.0
MOST_FAULTS = 6
# So many chunks in a row the API may refuse before a person looks.
MOST_REFUSALS = 2
LONGEST_WAIT = 60.0


def accept(run: Run, chunk: Chunk, token: str, result: CsvResult) -> float:
    """Store a csv-import reply: one transaction for chunk, skipped rows and workflow."""
    if result.rows_imported + result.rows_skipped != chunk.rows:
        return _doubt(run, chunk, token, _sums_words(chunk, result), result.request_id)
    with transaction.atomic():
        owned = chunk.change(
            token,
            state=ChunkState.DONE,
            answered_at=timezone.now(),
            rows_imported=result.rows_imported,
            rows_skipped=result.rows_skipped,
            skip_reasons=result.skip_reasons,
            request_id=result.request_id or "",
            replayed=result.idempotency_replayed,
            problem="",
        )
        if owned:
            record_api_skips(run, chunk, result)
            _track(run, chunk, token, result)
    _tell(run, failures_in_a_row=0, refusals_in_a_row=0, waiting_for="")
    return NOW


def refuse(run: Run, chunk: Chunk, token: str, error: ApiError) -> float:
    """Act on the failure of a chunk's call."""
    match error:
        case QuoteRefused():
            return _requote(run, chunk, token, error)
        case TooLarge() if chunk.rows > 1:
            return _split(run, chunk, token)
        case NotSignedIn() | NotAllowed() if chunk.asked_before:
            return _keep_question_open(run, chunk, token, error)
        case OutOfCredits() | NotSignedIn() | NotAllowed():
            return pause_for(run, chunk, token, error)
        case NotFound():
            return _list_is_gone(run, chunk, token, error)
        case Conflict() | ServerFault() | BadReply():
            return _ask_again(run, chunk, token, error, counts=True)
        case Unreachable() if error.outcome_unknown:
            return _ask_again(run, chunk, token, error, counts=False)
        case Unreachable() | Busy():
            return _wait(run, chunk, token, error)
        case _ if chunk.asked_before:
            return _doubt(run, chunk, token, error.problem, error.request_id)
        case _:
            return _fail(run, chunk, token, error)


def pause_for(run: Run, chunk: Chunk | None, token: str, error: ApiError) -> float:
    """Stand still until a person acts; the chunk, proven without effect, starts afresh."""
    if chunk is not None:
        chunk.change(token, **claims.renewed(chunk))
    return pause(run, _reason(error), error.problem, error.request_id)


def _keep_question_open(run: Run, chunk: Chunk, token: str, error: ApiError) -> float:
    """The API looks at the key of the workspace before it looks for the chunk's, so this
    refusal is no proof that the attempt before, whose answer was lost, had no effect."""
    if run.state == RunState.CANCELLING:
        return _doubt(run, chunk, token, error.problem, error.request_id)
    chunk.change(token, state=ChunkState.RETRYING, next_try_at=None)
    return pause(run, _reason(error), error.problem, error.request_id)


def pause(run: Run, reason: PauseReason, problem: str, request_id: str | None = None) -> float:
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


def wait_for(run: Run, error: ApiError) -> float:
    """Say on the run's page what is waited for; return for how long."""
    seconds = _patience(run, error)
    _tell(run, waiting_for=error.problem[:200], failures_in_a_row=run.failures_in_a_row + 1)
    return seconds


def refuse_reading(run: Run, error: ApiError) -> float:
    """The list can't be read before the first row: end if it is gone, else pause."""
    if isinstance(error, NotFound):
        return give_up(run, error)
    return pause(run, _reason(error), error.problem, error.request_id)


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


def _reason(error: ApiError) -> PauseReason:
    match error:
        case OutOfCredits():
            return PauseReason.CREDITS
        case NotSignedIn():
            return PauseReason.KEY
        case ListProtected() | NotAllowed():
            return PauseReason.SCOPE
        case _:
            return PauseReason.REJECTED


def _requote(run: Run, chunk: Chunk, token: str, error: QuoteRefused) -> float:
    """The quote was refused before anything was imported, so a new key is safe."""
    if error.code == "spend_cap_exceeded":
        return pause_for_spend(run, chunk, token, error.problem, error.request_id)
    if error.code == "quote_used":
        return _doubt(run, chunk, token, error.problem, error.request_id)
    mismatch = error.code != "quote_expired"
    changes = claims.renewed(chunk) | {"skips_quote": mismatch or chunk.skips_quote}
    chunk.change(token, **changes)
    return NOW


def pause_for_spend(
    run: Run, chunk: Chunk, token: str, problem: str, request_id: str | None = None
) -> float:
    chunk.change(token, **claims.renewed(chunk))
    return pause(run, PauseReason.SPEND, problem, request_id)


def _split(run: Run, chunk: Chunk, token: str) -> float:
    """413 proves that nothing was imported: halve the chunk, each half under a new key."""
    splitting.halve(chunk, Turn(run.pk, token))
    return NOW


def _list_is_gone(run: Run, chunk: Chunk, token: str, error: ApiError) -> float:
    chunk.change(
        token,
        state=ChunkState.UNKNOWN if chunk.asked_before else ChunkState.NOT_SENT,
        problem=error.problem,
        request_id=error.request_id or "",
    )
    return give_up(run, error)


def _ask_again(run: Run, chunk: Chunk, token: str, error: ApiError, *, counts: bool) -> float:
    """No usable answer: the same key and bytes go again, and a done import is replayed."""
    if counts and chunk.faults + 1 >= MOST_FAULTS:
        return _doubt(run, chunk, token, error.problem, error.request_id)
    seconds = _patience(run, error)
    chunk.change(
        token,
        state=ChunkState.RETRYING,
        faults=chunk.faults + counts,
        next_try_at=timezone.now() + timedelta(seconds=seconds),
        problem=error.problem,
        request_id=error.request_id or "",
    )
    _tell(run, waiting_for=error.problem[:200], failures_in_a_row=run.failures_in_a_row + 1)
    return NOW


def _wait(run: Run, chunk: Chunk, token: str, error: ApiError) -> float:
    """Nothing was imported and the API wants patience."""
    seconds = wait_for(run, error)
    later = timezone.now() + timedelta(seconds=seconds)
    if chunk.asked_before:
        chunk.change(token, state=ChunkState.RETRYING, next_try_at=later)
    else:
        chunk.change(token, state=ChunkState.READY, first_sent_at=None, next_try_at=later)
    return NOW


def _fail(run: Run, chunk: Chunk, token: str, error: ApiError) -> float:
    chunk.change(
        token,
        state=ChunkState.FAILED,
        answered_at=timezone.now(),
        problem=error.problem,
        request_id=error.request_id or "",
    )
    refusals = run.refusals_in_a_row + 1
    _tell(run, failures_in_a_row=0, refusals_in_a_row=refusals)
    if refusals >= MOST_REFUSALS:
        return pause(run, PauseReason.REJECTED, error.problem, error.request_id)
    return NOW


def _doubt(run: Run, chunk: Chunk, token: str, problem: str, request_id: str | None) -> float:
    """The outcome can't be known by asking: a person decides."""
    changes = {
        "state": ChunkState.UNKNOWN,
        "answered_at": timezone.now(),
        "problem": problem,
        "request_id": request_id or "",
    }
    with transaction.atomic():
        if chunk.change(token, **changes):
            evidence.ask(run, chunk)
            telling.doubtful(run, chunk)
    _tell(run, waiting_for="")
    return NOW


def doubt_after_replay_window(run: Run, chunk: Chunk, token: str) -> float:
    words = (
        "No answer within 23 hours of the first attempt. The API remembers a key for 24 "
        "hours, so asking again could import these rows twice."
    )
    return _doubt(run, chunk, token, words, chunk.request_id)


def _track(run: Run, chunk: Chunk, token: str, result: CsvResult) -> None:
    if not result.workflow_id:
        return
    price = enrichment.most_credits(result.rows_imported, run.enrichment_type)
    workflow = enrichment.track(
        result.workflow_id,
        list_id=run.list_id,
        enrichment_type=run.enrichment_type,
        total=result.rows_imported,
        credits_reserved=price,
    )
    chunk.change(token, workflow=workflow)


def _patience(run: Run, error: ApiError) -> float:
    """The server's word, else 2, 4, 8 … up to 60 seconds."""
    if error.retry_after is not None:
        return error.retry_after
    return float(min(2 ** (1 + min(run.failures_in_a_row, 8)), LONGEST_WAIT))


def _tell(run: Run, **changes: Any) -> None:
    Run.objects.filter(pk=run.pk).update(**changes)


def _sums_words(chunk: Chunk, result: CsvResult) -> str:
    sent = counted(chunk.rows, "row was", "rows were")
    return (
        f"The API's answer does not add up: {sent} sent, "
        f"{result.rows_imported} imported and {result.rows_skipped} skipped."
    )
