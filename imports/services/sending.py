"""Working on a started run: one step at a time, in the run's turn, in slices.

`advance` is the background entry: it does what is due and says when to look again. The
truth is in the run's and chunks' rows; nothing is remembered between two calls.
"""

from __future__ import annotations

import time
from datetime import timedelta

from django.utils import timezone

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ApiError, BadReply, Busy, NotFound, Rejected, Unreachable
from cleanlist_api.records import Quote
from connections import services as connections
from enrichment import services as enrichment
from imports.models import Before, Chunk, PauseReason, Run, RunState
from imports.models.runs import WORKING
from imports.services import (
    answers,
    canary,
    claims,
    noting,
    parting,
    pausing,
    quoting,
    settling,
)
from imports.services.pausing import NOW
from imports.services.slots import LONGEST_NAP, take_slot
from imports.services.turns import Turn, others_wait, take_turn
from jobs import stopping
from jobs.pulse import got_on
from lists import services as lists
from web.words import count

# After a call a run lets go of its worker if another waits for one, and after so long in any
# case, for a worker has more to do than imports.
SLICE_SECONDS = 5.0
# What `waiting_for` says while the budget, not the API, sets the pace.
RATE_LIMIT = "the API's rate limit"
OVER = None
# A question that changes nothing, or the same twice, is simply asked again after these.
NO_ANSWER = (Busy, Unreachable, BadReply)


def advance(run_id: int, *, slice_seconds: float = SLICE_SECONDS) -> None:
    """Do the run's due steps, one call if others wait, else for about `slice_seconds`; then
    set when to wake.

    Safe to call at any time, from any process, twice at once: without the turn it does
    nothing. Raises nothing of the API's; a bug in a step leaves the run due again.
    """
    with take_turn(run_id) as turn:
        if turn is None:
            return
        wait = _work(turn, time.monotonic() + slice_seconds)
        if wait is not OVER:
            with turn.writing() as write:
                write.run(wake_at=timezone.now() + timedelta(seconds=wait))


def _work(turn: Turn, until: float) -> float | None:
    """Seconds after which the run wants a turn again, or None when nothing is left."""
    while not turn.lost.is_set():
        if stopping.is_asked():
            return NOW
        got_on()
        run = Run.objects.filter(pk=turn.pk, turn_token=turn.token).first()
        if run is None or run.state not in WORKING:
            return OVER
        if run.state == RunState.SETTLING:
            return settling.settle(run, turn)
        wait = step(run, turn)
        if wait == canary.AWAITED:
            return settling.LOOK_AGAIN
        if wait > LONGEST_NAP or (wait == NOW and _is_slice_over(run, until)):
            return wait
        time.sleep(wait)
    return OVER


def _is_slice_over(run: Run, until: float) -> bool:
    return time.monotonic() > until or others_wait(run)


def step(run: Run, turn: Turn) -> float:
    """Do one thing for a run that sends or cancels; return the seconds until the next."""
    if run.state == RunState.CANCELLING:
        settling.keep_back_the_rest(run, turn)
        return _next_call(run, turn)
    wait = parting.step(run, turn)
    wait = canary.step(run, turn) if wait is None else wait
    if wait is not None:
        return wait
    if not run.list_id:
        return _make_list(run, turn)
    if run.before == Before.TO_NOTE:
        return _note_before(run, turn)
    return _next_call(run, turn)


def _next_call(run: Run, turn: Turn) -> float:
    now = timezone.now()
    chunk = claims.next_chunk(run, now)
    if chunk is None:
        return _none_due(run, turn)
    if claims.is_beyond_replay(chunk, now):
        return answers.doubt_after_replay_window(run, chunk, turn)
    if (wait := _take_slot(run, turn)) > 0:
        return wait
    if quoting.needs_quote(run, chunk, now):
        return _quote(run, chunk, turn)
    if goes_too_far := _goes_too_far(run, chunk):
        with turn.writing() as write:
            return pausing.pause(write, run, PauseReason.SPEND, goes_too_far)
    return _send(run, chunk, turn)


def _none_due(run: Run, turn: Turn) -> float:
    waiting = Chunk.objects.open_to(run).order_by("next_try_at")
    if (chunk := waiting.first()) is None:
        return settling.all_sent(run, turn)
    if chunk.next_try_at is None:
        return NOW
    return max(0.05, (chunk.next_try_at - timezone.now()).total_seconds())


def _take_slot(run: Run, turn: Turn) -> float:
    """0.0 with a slot for one call, else how long to wait in the line."""
    wait = take_slot(run)
    if wait > 0 and not run.waiting_for:
        with turn.writing() as write:
            write.run(waiting_for=RATE_LIMIT)
    return wait


def _send(run: Run, chunk: Chunk, turn: Turn) -> float:
    if not claims.claim(run, chunk, turn, timezone.now()):
        return NOW
    request = claims.request_of(run, chunk)
    try:
        client = connections.prepaid_client(Lane.IMPORT)
        result = client.import_csv(request.list_id, request.upload)
    except ApiError as error:
        return answers.refuse(run, chunk, turn, error)
    wait = answers.accept(run, chunk, turn, result)
    lists.forget_list(run.list_id)
    return wait


def _quote(run: Run, chunk: Chunk, turn: Turn) -> float:
    try:
        client = connections.prepaid_client(Lane.IMPORT)
        kind = chunk.enrichment_of(run)
        quote = enrichment.quote_import(client, run.list_id, chunk.rows, kind)
    except NO_ANSWER as error:
        return _wait_for(run, turn, error)
    except ApiError as error:
        reason = pausing.reason_of(error, otherwise=PauseReason.QUOTE)
        return _pause(run, turn, reason, error)
    with turn.writing() as write:
        quoting.keep_quote(write, chunk, quote, timezone.now())
        if not quote.sufficient:
            write.chunk(chunk, **claims.renewed(chunk))
            return pausing.pause(write, run, PauseReason.CREDITS, _shortfall_words(quote))
        if goes_too_far := quoting.beyond_limit(run, chunk, quote.estimated_cost):
            write.chunk(chunk, **claims.renewed(chunk))
            return pausing.pause(write, run, PauseReason.SPEND, goes_too_far)
    return NOW


def _goes_too_far(run: Run, chunk: Chunk) -> str:
    """The last look at what was approved before a chunk may cost anything, in words."""
    if not chunk.is_enriched_by(run) or chunk.first_sent_at:
        return ""
    cost = chunk.credits_quoted if chunk.quote_id else quoting.most_of(run, chunk)
    return quoting.beyond_limit(run, chunk, cost)


def _pause(run: Run, turn: Turn, reason: PauseReason, error: ApiError) -> float:
    with turn.writing() as write:
        return pausing.pause(write, run, reason, error.problem, error.request_id)


def _wait_for(run: Run, turn: Turn, error: ApiError) -> float:
    with turn.writing() as write:
        return pausing.wait_for(write, run, error)


def _make_list(run: Run, turn: Turn) -> float:
    """Make the run's new list; the API gives the same list for the same name."""
    if (wait := _take_slot(run, turn)) > 0:
        return wait
    try:
        made = connections.prepaid_client(Lane.IMPORT).create_list(run.list_name)
    except NO_ANSWER as error:
        return _wait_for(run, turn, error)
    except ApiError as error:
        with turn.writing() as write:
            return pausing.pause_or_end(write, run, error)
    with turn.writing() as write:
        write.run(list_id=made.list_id, list_name=made.name, waiting_for="")
        if not made.reused and run.before == Before.TO_NOTE:
            write.run(before=Before.NOTED)  # nothing is in a list just made
    lists.forget_list(made.list_id)
    return NOW


def _note_before(run: Run, turn: Turn) -> float:
    """Read the next page of what is in the list before the first row goes in."""
    if (wait := _take_slot(run, turn)) > 0:
        return wait
    client = connections.prepaid_client(Lane.IMPORT)
    try:
        page = client.leads_page(run.list_id, cursor=run.before_cursor or None)
        noting.keep_page(run, turn, page)
    except NO_ANSWER as error:
        return _wait_for(run, turn, error)
    except ApiError as error:
        if isinstance(error, Rejected) and noting.may_start_over(run):
            noting.start_over(run, turn)
            return NOW
        if isinstance(error, NotFound):
            with turn.writing() as write:
                return pausing.give_up(write, run, error)
        return _pause(run, turn, pausing.reason_of(error), error)
    return NOW


def _shortfall_words(quote: Quote) -> str:
    cost = count(quote.estimated_cost, "credit")
    return f"The next batch needs up to {cost} and the balance is {quote.available_credits}."
