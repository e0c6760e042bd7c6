"""What each answer of the API means for a chunk and its run.

Every function returns how many seconds to wait before the run's next step. The rule
behind each branch is in docs/import-lifecycle.md, "Answers".
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cleanlist_api.errors import (
    ApiError,
    BadReply,
    Busy,
    Conflict,
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
from enrichment import services as enrichment
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import claims, evidence, pausing, quoting, splitting, telling
from imports.services.pausing import NOW
from imports.services.skipped_rows import reasons_of, settled_by
from imports.services.turns import Turn
from imports.services.writing import Writing
from web.words import counted

# Answers of the API that are none; it may give the same one for ever.
OF_THE_API = (Conflict, ServerFault, BadReply)
MOST_FAULTS = 6
# So many chunks in a row the API may refuse before a person looks.
MOST_REFUSALS = 2


def accept(run: Run, chunk: Chunk, turn: Turn, result: CsvResult) -> float:
    """Store a csv-import reply: one transaction for chunk, skipped rows and workflow."""
    if result.rows_imported + result.rows_skipped != chunk.rows:
        with turn.writing() as write:
            words = _sums_words(chunk, result)
            return _doubt(write, run, chunk, words, result.request_id)
    settled = settled_by(run, chunk, result)
    with turn.writing() as write:
        write.chunk(
            chunk,
            state=ChunkState.DONE,
            answered_at=timezone.now(),
            rows_imported=result.rows_imported,
            rows_skipped=result.rows_skipped,
            rows_named=len(settled.named),
            skip_reasons=reasons_of(result),
            request_id=result.request_id or "",
            replayed=result.idempotency_replayed,
            problem="",
        )
        write.add(settled.named, but_known=True)
        write.bring(chunk, settled.brought)
        _track(write, run, chunk, result)
        write.run(failures_in_a_row=0, refusals_in_a_row=0, waiting_for="")
    return NOW


def refuse(run: Run, chunk: Chunk, turn: Turn, error: ApiError) -> float:
    """Act on the failure of a chunk's call, in one transaction.

    No refusal is a proof about an attempt before it whose answer is missing: the API looks
    at the workspace's key before it looks for the chunk's, and remembers a call only when
    that is over, so while the first is still at work a second may hear anything
    (docs/api-contract.md, "Endpoints"). So the question is asked here, before what the
    refusal says: only an answer under the same key, or a person, closes it.
    """
    with turn.writing() as write:
        return _refuse(write, run, chunk, error)


def _refuse(write: Writing, run: Run, chunk: Chunk, error: ApiError) -> float:
    if _is_no_answer(error):
        return _ask_again(write, run, chunk, error, counts=isinstance(error, OF_THE_API))
    if isinstance(error, (Unreachable, Busy)):
        return _wait(write, run, chunk, error)
    if chunk.asked_before or error.code == "quote_used":
        return _keep_question_open(write, run, chunk, error)
    return _take_as_proof(write, run, chunk, error)


def _is_no_answer(error: ApiError) -> bool:
    """Whether the attempt itself may have taken effect, or still may."""
    return error.outcome_unknown or isinstance(error, OF_THE_API)


def _keep_question_open(write: Writing, run: Run, chunk: Chunk, error: ApiError) -> float:
    """The rows may be in the list: ask under the same key, or leave it to a person."""
    if isinstance(error, NotFound):
        _doubt(write, run, chunk, error.problem, error.request_id)
        return pausing.give_up(write, run, error)
    # What is asked after the key of the chunk may change by itself, once the first is over.
    is_about_the_key = isinstance(error, (NotSignedIn, NotAllowed))
    if not is_about_the_key and chunk.faults + 1 < MOST_FAULTS:
        return _ask_again(write, run, chunk, error, counts=True)
    if isinstance(error, pausing.FOR_A_PERSON) and run.state != RunState.CANCELLING:
        write.chunk(chunk, state=ChunkState.RETRYING, next_try_at=None, faults=0)
        return pausing.pause(
            write, run, pausing.reason_of(error), error.problem, error.request_id
        )
    return _doubt(write, run, chunk, error.problem, error.request_id)


def _take_as_proof(write: Writing, run: Run, chunk: Chunk, error: ApiError) -> float:
    """The only attempt there was had no effect: what goes next may have a new key."""
    match error:
        case QuoteRefused():
            return _requote(write, run, chunk, error)
        case TooLarge() if chunk.rows > 1:
            splitting.halve(write, chunk)
            return NOW
        case OutOfCredits() | NotSignedIn() | NotAllowed():
            write.chunk(chunk, **claims.renewed(chunk))
            reason = pausing.reason_of(error)
            return pausing.pause(write, run, reason, error.problem, error.request_id)
        case NotFound():
            _end(write, chunk, ChunkState.NOT_SENT, error)
            return pausing.give_up(write, run, error)
        case _:
            return _fail(write, run, chunk, error)


def _requote(write: Writing, run: Run, chunk: Chunk, error: QuoteRefused) -> float:
    """A fresh quote; if that is refused as well, a person's word.

    A quote is bound to the rows that will be imported. Where the API skips some that the
    check let through, no quote can fit, and only then the chunk goes without one, once a
    person has said so: what it may cost at most is bound by the approved credits as before.
    """
    refused = chunk.quotes_refused + 1
    changes = claims.renewed(chunk) | {"skips_quote": False, "quotes_refused": refused}
    if refused < quoting.MOST_REFUSED:
        write.chunk(chunk, **changes)
        return NOW
    unquoted = chunk.is_enriched_by(run) and error.code == "quote_mismatch"
    write.chunk(chunk, **changes | {"skips_quote": unquoted, "quotes_refused": 0})
    if unquoted and quoting.goes_unquoted(run, chunk):
        return NOW
    words = f"{error.problem} {_unquoted_words(run, chunk)}" if unquoted else error.problem
    return pausing.pause(write, run, PauseReason.QUOTE, words, error.request_id)


def _ask_again(
    write: Writing, run: Run, chunk: Chunk, error: ApiError, *, counts: bool
) -> float:
    """The same key and bytes go again: an import that is done is replayed."""
    if counts and chunk.faults + 1 >= MOST_FAULTS:
        return _doubt(write, run, chunk, error.problem, error.request_id)
    seconds = pausing.patience(run, error)
    write.chunk(
        chunk,
        state=ChunkState.RETRYING,
        faults=chunk.faults + counts,
        next_try_at=timezone.now() + timedelta(seconds=seconds),
        problem=error.problem,
        request_id=error.request_id or "",
    )
    pausing.wait_for(write, run, error)
    return NOW


def _wait(write: Writing, run: Run, chunk: Chunk, error: ApiError) -> float:
    """Nothing was imported and the API wants patience."""
    seconds = pausing.wait_for(write, run, error)
    later = timezone.now() + timedelta(seconds=seconds)
    if chunk.asked_before:
        write.chunk(chunk, state=ChunkState.RETRYING, next_try_at=later)
    else:
        write.chunk(chunk, state=ChunkState.READY, first_sent_at=None, next_try_at=later)
    return NOW


def _fail(write: Writing, run: Run, chunk: Chunk, error: ApiError) -> float:
    _end(write, chunk, ChunkState.FAILED, error)
    refusals = run.refusals_in_a_row + 1
    write.run(failures_in_a_row=0, refusals_in_a_row=refusals)
    if refusals >= MOST_REFUSALS:
        return pausing.pause(write, run, PauseReason.REJECTED, error.problem, error.request_id)
    return NOW


def _end(write: Writing, chunk: Chunk, state: ChunkState, error: ApiError) -> None:
    """Nothing of the chunk was imported, and nothing of it will be by itself."""
    write.chunk(
        chunk,
        state=state,
        answered_at=timezone.now(),
        problem=error.problem,
        request_id=error.request_id or "",
    )


def _doubt(
    write: Writing, run: Run, chunk: Chunk, problem: str, request_id: str | None
) -> float:
    """The outcome can't be known by asking: a person decides."""
    write.chunk(
        chunk,
        state=ChunkState.UNKNOWN,
        answered_at=timezone.now(),
        problem=problem,
        request_id=request_id or "",
    )
    evidence.ask(run, chunk)
    telling.doubtful(run, chunk)
    write.run(waiting_for="")
    return NOW


def doubt_after_replay_window(run: Run, chunk: Chunk, turn: Turn) -> float:
    words = (
        "No answer within 23 hours of the first attempt. The API remembers a key for 24 "
        "hours, so asking again could import these rows twice."
    )
    with turn.writing() as write:
        return _doubt(write, run, chunk, words, chunk.request_id)


def _track(write: Writing, run: Run, chunk: Chunk, result: CsvResult) -> None:
    if not result.workflow_id:
        return
    kind = chunk.enrichment_of(run)
    price = enrichment.most_credits(result.rows_imported, kind)
    workflow = enrichment.track(
        result.workflow_id,
        list_id=run.list_id,
        enrichment_type=kind,
        total=result.rows_imported,
        credits_reserved=price,
    )
    write.chunk(chunk, workflow=workflow)


def _sums_words(chunk: Chunk, result: CsvResult) -> str:
    sent = counted(chunk.rows, "row was", "rows were")
    return (
        f"The API's answer does not add up: {sent} sent, "
        f"{result.rows_imported} imported and {result.rows_skipped} skipped."
    )


def _unquoted_words(run: Run, chunk: Chunk) -> str:
    return (
        f"Resumed, the import goes on without a quote where one does not fit: these "
        f"{chunk.rows:,} rows for at most {quoting.most_of(run, chunk):,} credits, and never "
        f"more than the {run.credits_most:,} approved in all."
    )
