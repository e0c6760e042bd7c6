"""Every refusal, with and without an attempt before it that has no answer, in every state.

The rule: what a refusal says counts only if nothing was asked before. Else the rows may be in
the list, and the same key or a person closes the question.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import override_settings
from django.utils import timezone

from cleanlist_api.records import CsvResult
from cleanlist_api.refusals import error_from
from enrichment.models import EnrichmentType
from imports.models import (
    Chunk,
    ChunkState,
    PauseReason,
    ProblemRow,
    Purpose,
    ReadBack,
    Run,
    RunState,
)
from imports.services import answers, claims, settling, splitting
from imports.services.sums import rows_of
from imports.services.turns import Turn
from people.models import Role
from tests import worlds
from tests.cast import person
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db
TOKEN = "mine"

READY, RETRYING, UNKNOWN = ChunkState.READY, ChunkState.RETRYING, ChunkState.UNKNOWN
FAILED, NOT_SENT = ChunkState.FAILED, ChunkState.NOT_SENT
GOES_ON = ""
# name: status, code, what becomes of the chunk if nothing was asked before, and whether the
# run goes on, pauses or ends with it.
REFUSALS = {
    "out of credits": (400, "insufficient_credits", READY, PauseReason.CREDITS),
    "out of credits, legacy": (402, "", READY, PauseReason.CREDITS),
    "key refused": (401, "", READY, PauseReason.KEY),
    "scope missing": (403, "insufficient_scope", READY, PauseReason.SCOPE),
    "list protected": (403, "list_protected", READY, PauseReason.SCOPE),
    "quote expired": (400, "quote_expired", READY, GOES_ON),
    "quote mismatch": (400, "quote_mismatch", READY, GOES_ON),
    "quote required": (400, "quote_required", READY, GOES_ON),
    "quote overspent": (400, "spend_cap_exceeded", READY, GOES_ON),
    "too large": (413, "", READY, GOES_ON),
    "list gone": (404, "", NOT_SENT, "ends"),
    "column missing": (400, "missing_column", FAILED, GOES_ON),
    "not accepted": (400, "validation_error", FAILED, GOES_ON),
    "malformed": (422, "", FAILED, GOES_ON),
}
# A used quote is a sign that an attempt before it took effect, even one we know nothing of.
AFTER_A_LOST_ANSWER = {**REFUSALS, "quote used": (409, "quote_used", None, None)}
# What a person can do something about, so that asking again may then bring the answer.
LIFTED = {name for name, (*_, then) in REFUSALS.items() if then and then != "ends"}
MEANWHILE = [RunState.SENDING, RunState.PAUSED, RunState.CANCELLING]


def turn_on(run):
    return Turn(run.pk, TOKEN)


@pytest.fixture(scope="module")
def run_in_flight(django_db_setup, django_db_blocker, tmp_path_factory):
    """A run whose only chunk is in flight."""
    folder = tmp_path_factory.mktemp("uploads")
    with worlds.shared(django_db_blocker):
        with django_db_blocker.unblock(), override_settings(MEDIA_ROOT=str(folder)):
            alice = person("alice", Role.OPERATOR)
            made = started(alice, folder, csv_of(4), EnrichmentType.PARTIAL, list_id="a-list")
            Run.objects.update(turn_token=TOKEN)
            made.refresh_from_db()
            assert claims.claim(made, Chunk.objects.get(), turn_on(made), timezone.now())
        yield made.pk


@pytest.fixture
def run(run_in_flight, db) -> Run:
    return Run.objects.get(pk=run_in_flight)


def error(name):
    status, code, *_ = AFTER_A_LOST_ANSWER[name]
    payload = {"error": {"code": code, "problem": "No."}} if code else {"detail": "No."}
    return error_from(status, {}, payload, is_write=True)


def in_state(run, state):
    """A person paused or cancelled it while the call was out."""
    Run.objects.update(state=state, pause_reason="person" if state == "paused" else "")
    run.refresh_from_db()
    return run


def refused(run, name, *, asked_before):
    chunk = Chunk.objects.order_by("number").first()
    chunk.asked_before = asked_before
    chunk.save()
    answers.refuse(run, chunk, turn_on(run), error(name))
    run.refresh_from_db()
    return Chunk.objects.order_by("number").first()


def refused_for_ever(run, name):
    """After a lost answer, each time the same key is due, until the run asks no more."""
    for _ in range(answers.MOST_FAULTS):
        chunk = refused(run, name, asked_before=True)
        if chunk.state != RETRYING or run.state == RunState.PAUSED:
            break
    return chunk


@pytest.mark.parametrize("state", MEANWHILE)
@pytest.mark.parametrize("name", AFTER_A_LOST_ANSWER)
def test_a_refusal_after_a_lost_answer_makes_no_new_key(run, name, state):
    before = Chunk.objects.get()
    after = refused(in_state(run, state), name, asked_before=True)
    assert after.state in {RETRYING, UNKNOWN}
    kept = ("idempotency_key", "key_generation", "quote_id", "first_sent_at", "rows")
    assert [getattr(after, each) for each in kept] == [getattr(before, each) for each in kept]
    assert Chunk.objects.count() == 1


@pytest.mark.parametrize("state", MEANWHILE)
@pytest.mark.parametrize("name", AFTER_A_LOST_ANSWER)
def test_rows_of_a_lost_answer_are_never_called_unsent_or_failed(run, name, state):
    refused(in_state(run, state), name, asked_before=True)
    settling.keep_back_the_rest(run, turn_on(run))
    rows = rows_of(run)
    assert (rows.asked + rows.unknown, rows.unsent, rows.failed) == (4, 0, 0)
    assert rows.adds_up


@pytest.mark.parametrize("name", sorted(LIFTED))
def test_it_waits_for_a_person_who_can_lift_the_refusal(run, name):
    chunk = refused_for_ever(run, name)
    assert (chunk.state, run.state) == (RETRYING, RunState.PAUSED)
    assert run.pause_reason == REFUSALS[name][-1]


@pytest.mark.parametrize("name", sorted(AFTER_A_LOST_ANSWER.keys() - LIFTED))
def test_it_leaves_to_a_person_what_nobody_can_lift(run, name):
    assert refused_for_ever(run, name).state == UNKNOWN


@pytest.mark.parametrize("name", AFTER_A_LOST_ANSWER)
def test_a_cancelled_run_leaves_every_lasting_refusal_to_a_person(run, name):
    assert refused_for_ever(in_state(run, RunState.CANCELLING), name).state == UNKNOWN


@pytest.mark.parametrize("name", AFTER_A_LOST_ANSWER)
def test_it_reads_the_list_for_what_it_leaves_to_a_person(run, name):
    refused_for_ever(in_state(run, RunState.CANCELLING), name)
    assert ReadBack.objects.get().purpose == Purpose.EVIDENCE


@pytest.mark.parametrize("name", AFTER_A_LOST_ANSWER)
def test_a_persons_pause_stays_theirs(run, name):
    refused(in_state(run, RunState.PAUSED), name, asked_before=True)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.PERSON)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_first_attempt_refused_had_no_effect(run, name):
    *_, becomes, then = REFUSALS[name]
    chunk = refused(run, name, asked_before=False)
    assert chunk.state == becomes
    paused = run.pause_reason if run.state == RunState.PAUSED else GOES_ON
    assert (run.state == RunState.CANCELLING) if then == "ends" else (paused == then)


@pytest.mark.parametrize("name", [name for name in REFUSALS if REFUSALS[name][2] == READY])
def test_what_had_no_effect_goes_under_a_new_key(run, name):
    before = Chunk.objects.get().key_generation
    chunk = refused(run, name, asked_before=False)
    assert (chunk.idempotency_key, chunk.key_generation) == ("", before + 1)


@pytest.mark.parametrize("name", REFUSALS)
def test_a_cancelled_run_keeps_back_what_had_no_effect(run, name):
    refused(in_state(run, RunState.CANCELLING), name, asked_before=False)
    settling.keep_back_the_rest(run, turn_on(run))
    assert set(Chunk.objects.values_list("state", flat=True)) <= {NOT_SENT, FAILED}


@pytest.mark.parametrize("status", [408, 503])
def test_a_proxy_that_was_busy_proves_nothing(run, status):
    """It may have let the call by."""
    busy = error_from(status, {}, None, is_write=True)
    answers.refuse(run, Chunk.objects.get(), turn_on(run), busy)
    assert Chunk.objects.get().state == RETRYING


def answered(run, status, headers):
    fault = error_from(status, headers, {"detail": "No."}, is_write=True)
    answers.refuse(run, Chunk.objects.get(), turn_on(run), fault)
    return Chunk.objects.get()


def test_it_keeps_the_request_id_of_an_answer_that_is_none(run):
    assert answered(run, 500, {"X-Request-ID": "req_1"}).request_id == "req_1"


@pytest.mark.parametrize(("asked_before", "state"), [(True, RETRYING), (False, READY)])
def test_it_waits_as_long_as_the_api_says(run, asked_before, state):
    Chunk.objects.update(asked_before=asked_before)
    with time_machine.travel("2026-11-25T09:00:00Z", tick=False):
        chunk = answered(run, 429, {"Retry-After": "30"})
        assert (chunk.state, chunk.next_try_at - timezone.now()) == (
            state,
            timedelta(seconds=30),
        )


@pytest.mark.parametrize(("went_in", "skipped"), [(3, 0), (4, 1), (0, 0)])
def test_an_answer_that_does_not_add_up_is_left_to_a_person(run, went_in, skipped):
    result = CsvResult("a-list", 4, went_in, skipped, {}, (), None, None, False, "req_2")
    answers.accept(run, Chunk.objects.get(), turn_on(run), result)
    chunk = Chunk.objects.get()
    assert (chunk.state, chunk.rows_imported, chunk.request_id) == (UNKNOWN, 0, "req_2")
    assert "does not add up: 4 rows were sent" in chunk.problem


def test_a_list_that_is_gone_after_a_lost_answer_ends_the_run(run):
    chunk = refused(run, "list gone", asked_before=True)
    assert (chunk.state, run.state) == (UNKNOWN, RunState.CANCELLING)


def test_nothing_is_said_of_a_lost_answer_once_there_is_one(run):
    answered(run, 500, {})
    assert Chunk.objects.get().problem
    accepted(run)
    assert Chunk.objects.get().problem == ""


def test_two_rows_that_are_too_large_together_go_one_by_one(run):
    with Turn(run.pk, TOKEN).writing() as write:
        splitting.halve(write, Chunk.objects.get())
    Chunk.objects.filter(number=2).update(state=NOT_SENT)
    refused(run, "too large", asked_before=False)
    assert list(Chunk.objects.values_list("number", "rows")) == [(1, 1), (2, 2), (3, 1)]


def test_a_row_that_is_too_large_alone_fails(run):
    Chunk.objects.update(rows=1)
    assert refused(run, "too large", asked_before=False).state == FAILED


def test_a_person_is_asked_after_the_second_refusal_in_a_row(run):
    assert refused(run, "not accepted", asked_before=False).state == FAILED
    assert (run.state, run.refusals_in_a_row) == (RunState.SENDING, 1)
    refused(run, "not accepted", asked_before=False)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.REJECTED)


def test_a_refusal_ends_the_row_of_calls_without_an_answer(run):
    Run.objects.update(failures_in_a_row=3)
    run.refresh_from_db()
    refused(run, "not accepted", asked_before=False)
    assert run.failures_in_a_row == 0


@pytest.mark.parametrize("name", ["not accepted", "list gone"])
def test_it_says_when_a_refusal_came(run, name):
    assert refused(run, name, asked_before=False).answered_at


def test_it_says_when_it_was_left_to_a_person(run):
    assert refused_for_ever(run, "quote used").answered_at


def test_it_asks_for_at_once_what_a_person_has_to_lift(run):
    chunk = refused_for_ever(run, "out of credits")
    assert (chunk.next_try_at, chunk.faults) == (None, 0)


@pytest.mark.parametrize(
    ("name", "says_so"), [("quote mismatch", True), ("quote expired", False)]
)
def test_it_offers_to_go_without_a_quote_only_where_none_can_fit(run, name, says_so):
    refused(run, name, asked_before=False)
    assert run.state == RunState.SENDING
    refused(run, name, asked_before=False)
    assert run.pause_reason == PauseReason.QUOTE
    assert ("without a quote" in run.problem) is says_so


def accepted(run, skipped=()):
    """A reply that names rows of the call (the header is row 1) as skipped."""
    went_in, reasons = 4 - len(skipped), {"duplicate": len(skipped)} if skipped else {}
    result = CsvResult(
        "a-list", 4, went_in, len(skipped), reasons, skipped, None, None, False, "req_2"
    )
    answers.accept(run, Chunk.objects.get(), turn_on(run), result)
    run.refresh_from_db()


def test_it_says_when_the_answer_came(run):
    with time_machine.travel("2026-11-25T09:00:00Z", tick=False):
        accepted(run)
        assert Chunk.objects.get().answered_at == timezone.now()


def test_a_skipped_row_that_is_named_already_is_named_once(run):
    ProblemRow.objects.create(run=run, plan=run.plan, row=3, source="api", reason="duplicate")
    accepted(run, skipped=(3, 4))
    assert list(ProblemRow.objects.values_list("row", flat=True)) == [3, 4]
    assert Chunk.objects.get().state == ChunkState.DONE


def test_it_counts_refusals_in_a_row_from_the_last_chunk_that_went_in(run):
    Run.objects.update(refusals_in_a_row=1)
    run.refresh_from_db()
    accepted(run)
    assert run.refusals_in_a_row == 0


def test_it_waits_for_nothing_any_more_once_it_has_an_answer(run):
    answered(run, 429, {"Retry-After": "30"})
    run.refresh_from_db()
    assert run.waiting_for
    accepted(run)
    assert (run.waiting_for, run.failures_in_a_row) == ("", 0)
    assert Chunk.objects.get().request_id == "req_2"


@pytest.mark.parametrize(
    ("name", "pauses"),
    [("key refused", True), ("scope missing", True), ("out of credits", False)],
)
def test_it_asks_again_at_once_unless_the_key_was_refused(run, name, pauses):
    """A key is looked at first: what is refused to it says nothing of the chunk's own."""
    refused(run, name, asked_before=True)
    assert (run.state == RunState.PAUSED) is pauses


def test_a_used_quote_keeps_the_question_open_even_of_a_first_attempt(run):
    before = Chunk.objects.get().idempotency_key
    chunk = refused(run, "quote used", asked_before=False)
    assert (chunk.state, chunk.idempotency_key) == (RETRYING, before)
