"""What an import may cost: the approved limit, and what becomes of quotes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import quoting, retrying, starting
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db
PARTIAL = EnrichmentType.PARTIAL
IMPORT, ESTIMATE = "csv-import", "credits/estimate"


@pytest.fixture
def run(sandbox, settings, alice, tmp_path) -> Run:
    """Two chunks of two rows, four credits approved; the list is made."""
    settings.CHUNK_MAX_ROWS = 2
    return stepped(started(alice, tmp_path, csv_of(4), PARTIAL))


def quote(cost, **more):
    """What the API answers to an estimate."""
    return {
        "quote_id": "qte_forged",
        "expires_at": int(timezone.now().timestamp()) + 300,
        "estimated_cost": cost,
        "tool": "bulk_import_csv",
        "row_count": 2,
        "filter_hash": "none",
        "available_credits": 1000,
        "sufficient": True,
    } | more


def quoted(sandbox, cost, **more):
    sandbox.fault("answer", path=ESTIMATE, status=200, body=quote(cost, **more))


def refused(sandbox, code, times=1):
    body = {"error": {"code": code, "problem": "The quote won't do."}}
    sandbox.fault("answer", path=IMPORT, status=400, body=body, times=times)


def made(sandbox, path):
    return len(sandbox.calls(path))


# --- The approved limit ---


def test_it_pauses_before_a_chunk_that_costs_more_than_was_approved(sandbox, run):
    quoted(sandbox, 5)
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.SPEND)
    assert made(sandbox, IMPORT) == 0
    assert "may cost 5 credits" in run.problem
    assert "the 4 approved" in run.problem


def test_it_counts_what_the_chunks_before_may_cost(sandbox, run):
    run = stepped(stepped(run))
    quoted(sandbox, 3)
    run = worked(run)
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.SPEND, 1)


def test_it_spends_up_to_the_last_credit_approved(sandbox, run):
    run = worked(run)
    assert (run.state, made(sandbox, IMPORT)) == (RunState.SETTLING, 2)


def test_it_asks_for_a_quote_again_after_a_pause_for_the_limit(sandbox, run, alice):
    quoted(sandbox, 5)
    run = worked(run)
    starting.resume_run(run, alice)
    assert worked(run).state == RunState.SETTLING


@pytest.mark.parametrize(
    ("state", "counted"),
    [
        (ChunkState.DONE, 2),
        (ChunkState.UNKNOWN, 2),
        (ChunkState.RETRYING, 2),
        (ChunkState.FAILED, 0),
        (ChunkState.NOT_SENT, 0),
    ],
)
def test_it_counts_what_may_have_been_charged(run, state, counted):
    first, second = Chunk.objects.order_by("number")
    Chunk.objects.filter(pk=first.pk).update(state=state, credits_quoted=2)
    assert quoting.spent(run, second) == counted


def test_it_counts_what_was_charged_beyond_a_quote(sandbox, run):
    run = stepped(stepped(run))
    Workflow.objects.update(credits_charged=3)
    run = worked(run)
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.SPEND, 1)


def test_a_chunk_without_a_quote_is_bound_by_the_limit(sandbox, run):
    Chunk.objects.update(skips_quote=True)
    Run.objects.update(credits_most=3)
    run = worked(Run.objects.get())
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.SPEND, 1)


def test_a_quote_is_held_against_the_limit_once_more_before_it_is_used(sandbox, run):
    run = stepped(run)
    Run.objects.update(credits_most=1)
    run = worked(Run.objects.get())
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.SPEND, 0)


def test_it_pauses_when_the_balance_is_short_of_a_quote(sandbox, run):
    quoted(sandbox, 2, sufficient=False, available_credits=1)
    run = worked(run)
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.CREDITS, 0)
    assert "needs up to 2 credits and the balance is 1" in run.problem


def test_a_quote_the_balance_was_short_of_is_not_used_later(sandbox, run, alice):
    quoted(sandbox, 2, sufficient=False, available_credits=1)
    starting.resume_run(worked(run), alice)
    assert worked(Run.objects.get()).state == RunState.SETTLING
    assert (made(sandbox, ESTIMATE), made(sandbox, IMPORT)) == (3, 2)


# --- The age of a quote ---


@pytest.mark.parametrize("minutes", [-4.5, 4.5, 600])
def test_it_imports_whatever_our_clock_says(sandbox, run, minutes):
    """The API's clock is right, ours is not."""
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes), tick=True):
        Run.objects.update(wake_at=timezone.now(), turn_expires_at=None)
        run = worked(Run.objects.get())
    assert (run.state, made(sandbox, ESTIMATE)) == (RunState.SETTLING, 2)


@pytest.mark.parametrize(("seconds", "needs"), [(-1, True), (0, True), (1, False)])
def test_a_quote_is_used_up_to_its_last_moment(run, seconds, needs):
    now = timezone.now()
    chunk = Chunk(quote_id="qte_1", quote_expires_at=now + timedelta(seconds=seconds))
    assert quoting.needs_quote(run, chunk, now) is needs


def test_a_fresh_quote_makes_a_fresh_key_for_a_call_that_was_only_put_off(sandbox, run):
    """What the API was too busy for waits under the key it was sent with."""
    run = stepped(run)
    grown_old = {"idempotency_key": "cp-1", "quote_expires_at": timezone.now()}
    Chunk.objects.filter(number=1).update(**grown_old)
    stepped(stepped(run))
    chunk = Chunk.objects.get(number=1)
    assert (chunk.state, chunk.quotes) == (ChunkState.DONE, 2)
    assert chunk.idempotency_key != "cp-1"


def test_it_asks_for_the_answer_of_a_call_that_has_left_whatever_may_be_spent(sandbox, run):
    sandbox.fault("cut_after", path=IMPORT)
    run = stepped(stepped(run))
    Run.objects.update(credits_most=0)
    Chunk.objects.update(next_try_at=None)
    stepped(run)
    assert Chunk.objects.get(number=1).state == ChunkState.DONE


def test_it_replaces_a_quote_that_has_grown_old(sandbox, run):
    run = stepped(run)
    Chunk.objects.update(quote_expires_at=timezone.now())
    run = stepped(stepped(run))
    assert (made(sandbox, ESTIMATE), made(sandbox, IMPORT)) == (2, 1)


def test_it_keeps_the_quote_of_a_call_that_has_left(sandbox, run):
    sandbox.fault("cut_after", path=IMPORT)
    run = stepped(stepped(run))
    Chunk.objects.update(quote_expires_at=timezone.now(), next_try_at=None)
    stepped(run)
    assert (made(sandbox, ESTIMATE), made(sandbox, IMPORT)) == (1, 2)


def test_it_uses_a_quote_for_a_part_of_the_time_it_is_good_for(run):
    run = stepped(run)
    chunk = Chunk.objects.get(number=1)
    left = chunk.quote_expires_at - timezone.now()
    assert timedelta(minutes=4) < left < timedelta(minutes=4, seconds=45)


# --- Refused quotes ---

CODES = ["quote_expired", "quote_mismatch", "quote_required", "spend_cap_exceeded"]


@pytest.mark.parametrize("code", CODES)
def test_it_fetches_a_fresh_quote_for_one_that_was_refused(sandbox, run, code):
    refused(sandbox, code)
    run = worked(run)
    assert run.state == RunState.SETTLING
    assert (made(sandbox, ESTIMATE), made(sandbox, IMPORT)) == (3, 3)
    assert all(Chunk.objects.values_list("quote_id", flat=True))


@pytest.mark.parametrize("code", CODES)
def test_it_pauses_with_the_apis_words_when_a_quote_is_refused_again(sandbox, run, code):
    refused(sandbox, code, times=500)
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.QUOTE)
    assert run.problem.startswith("The quote won't do.")
    assert (made(sandbox, ESTIMATE), made(sandbox, IMPORT)) == (2, 2)


def test_it_pauses_as_well_when_nothing_is_enriched(sandbox, alice, tmp_path):
    refused(sandbox, "quote_required", times=500)
    run = worked(started(alice, tmp_path, csv_of(4)))
    assert (run.pause_reason, made(sandbox, IMPORT)) == (PauseReason.QUOTE, 2)


def test_two_refusals_with_a_success_between_them_pause_nothing(sandbox, run):
    refused(sandbox, "quote_expired")
    run = stepped(stepped(stepped(stepped(run))))
    refused(sandbox, "quote_expired")
    assert worked(run).state == RunState.SETTLING


def test_it_pauses_when_the_api_gives_no_quote(sandbox, run):
    body = {"error": {"code": "validation_error", "problem": "No such tool."}}
    sandbox.fault("answer", path=ESTIMATE, status=400, body=body)
    run = worked(run)
    assert (run.pause_reason, run.problem) == (PauseReason.QUOTE, "No such tool.")


# --- Quotes that can't fit ---


@pytest.fixture
def mismatched(sandbox, run) -> Run:
    """Paused for two quotes that did not match."""
    refused(sandbox, "quote_mismatch", times=2)
    return worked(run)


def test_it_says_what_rows_without_a_quote_may_cost(mismatched):
    assert "these 2 rows for at most 2 credits" in mismatched.problem
    assert "the 4 approved" in mismatched.problem


def test_once_a_person_has_said_so_it_goes_without_a_quote(sandbox, mismatched, alice):
    starting.resume_run(mismatched, alice)
    run = worked(mismatched)
    first, second = Chunk.objects.order_by("number")
    assert run.state == RunState.SETTLING
    assert (first.quote_id, first.credits_quoted, bool(second.quote_id)) == ("", 2, True)


def test_the_persons_word_counts_for_the_whole_import(sandbox, mismatched, alice):
    starting.resume_run(mismatched, alice)
    run = stepped(mismatched)
    refused(sandbox, "quote_mismatch", times=2)
    assert worked(run).state == RunState.SETTLING
    assert not Chunk.objects.exclude(quote_id="").exists()


def test_halves_have_quotes_of_their_own(sandbox, mismatched, alice):
    starting.resume_run(mismatched, alice)
    sandbox.fault("answer", path=IMPORT, status=413, body={"detail": "Too large."})
    run = worked(mismatched)
    assert run.state == RunState.SETTLING
    assert all(Chunk.objects.values_list("quote_id", flat=True))


def test_rows_that_go_again_have_a_quote(sandbox, mismatched, alice):
    Chunk.objects.update(state=ChunkState.NOT_SENT)
    assert retrying.retry_rows(mismatched, alice) == 4
    assert not Chunk.objects.filter(skips_quote=True).exists()
