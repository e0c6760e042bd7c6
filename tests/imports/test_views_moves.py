from __future__ import annotations

import zlib

import pytest
from django.urls import reverse
from django.utils import timezone

from imports.models import ChunkBody, Run, RunState
from imports.services import starting
from people.models import AuditEntry
from tests.imports.files import csv_of, started, worked
from tests.imports.pages import at, made_run, with_chunks, with_problem, words

pytestmark = pytest.mark.django_db
PARTIAL = {"enrich": "partial", "credits_most": 600}


@pytest.fixture
def run(alice) -> Run:
    return with_chunks(made_run(alice, RunState.CHECKED), "ready")


def refusal(client, response) -> str:
    return words(
        client.get(response["Location"], headers={"HX-History-Restore-Request": "true"})
    )


def test_it_starts_what_was_shown(alice, alice_client, run):
    response = alice_client.post(at("start", run), PARTIAL)

    run.refresh_from_db()
    assert response["Location"] == run.get_absolute_url()
    assert (run.state, run.enrichment_type) == (RunState.SENDING, "partial")
    assert (run.credits_most, run.started_by) == (600, alice)


def test_it_starts_once(alice_client, run):
    alice_client.post(at("start", run), PARTIAL)
    response = alice_client.post(at("start", run), {"enrich": "full", "credits_most": 6_600})

    run.refresh_from_db()
    assert response["Location"] == run.get_absolute_url()
    assert run.enrichment_type == "partial"
    assert AuditEntry.objects.filter(action="started an import").count() == 1


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"enrich": "gold", "credits_most": 600},
        {"enrich": "partial", "credits_most": 599},
        {"enrich": "partial", "credits_most": "x"},
    ],
)
def test_it_starts_nothing_else_than_was_shown(alice_client, run, sandbox, sent):
    response = alice_client.post(at("start", run), sent)

    run.refresh_from_db()
    assert response["Location"] == at("check", run)
    assert "was not started: it may cost more" in refusal(alice_client, response)
    assert run.state == RunState.CHECKED


def test_it_starts_nothing_without_a_row(alice, alice_client, sandbox):
    run = with_problem(made_run(alice, RunState.CHECKED), 2, "missing_required", "Ann")

    response = alice_client.post(at("start", run), {"enrich": "off", "credits_most": 0})

    assert "no row of the file can be imported" in refusal(alice_client, response)


def test_it_imports_the_same_file_again_only_when_told(alice, alice_client, run, sandbox):
    made_run(alice, RunState.SETTLING, list_id="", started_at=timezone.now())

    response = alice_client.post(at("start", run), PARTIAL)
    assert "went into this list before" in refusal(alice_client, response)

    alice_client.post(at("start", run), PARTIAL | {"again": "1"})
    run.refresh_from_db()
    assert run.state == RunState.SENDING


def test_it_starts_nothing_that_is_not_checked(alice, alice_client):
    run = made_run(alice)

    alice_client.post(at("start", run), PARTIAL)

    run.refresh_from_db()
    assert run.state == RunState.UPLOADED


@pytest.mark.parametrize("state", [RunState.SENDING, RunState.PAUSED])
def test_it_cancels(alice, alice_client, state):
    run = with_chunks(made_run(alice, state), "sending", "ready")

    response = alice_client.post(at("cancel", run))

    run.refresh_from_db()
    assert response["Location"] == run.get_absolute_url()
    assert (run.state, run.cancelled_by) == (RunState.CANCELLING, alice)


def test_it_cancels_nothing_that_is_over(alice, alice_client):
    run = made_run(alice, RunState.FINISHED)

    alice_client.post(at("cancel", run))

    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_it_resumes(alice, alice_client):
    run = made_run(alice, RunState.PAUSED, pause_reason="credits", problem="Out of credits.")

    alice_client.post(at("resume", run))

    run.refresh_from_db()
    assert (run.state, run.problem) == (RunState.SENDING, "")


def test_it_discards_what_was_not_started(alice, alice_client, run):
    response = alice_client.post(at("discard", run))

    run.refresh_from_db()
    assert response["Location"] == reverse("imports:index")
    assert run.state == RunState.CANCELLED


def test_it_discards_nothing_that_was_started(alice, alice_client):
    run = made_run(alice, RunState.SENDING)

    response = alice_client.post(at("discard", run))

    run.refresh_from_db()
    assert response["Location"] == run.get_absolute_url()
    assert run.state == RunState.SENDING


def test_it_pauses_a_run_that_sends(alice_client, run):
    Run.objects.update(state=RunState.SENDING)
    alice_client.post(at("pause", run))

    run.refresh_from_db()
    assert (run.state, run.pause_reason) == (RunState.PAUSED, "person")


def test_it_sends_again_what_was_not_sent(alice, alice_client):
    cancelled = with_chunks(made_run(alice, RunState.CANCELLED), "done", "not_sent", "failed")
    alice_client.post(at("retry", cancelled))

    cancelled.refresh_from_db()
    assert cancelled.state == RunState.SENDING
    assert list(cancelled.chunks.values_list("state", flat=True)) == ["done", "ready", "ready"]


@pytest.mark.parametrize(
    ("told", "state", "chunk"),
    [("went_in", RunState.SETTLING, "done"), ("again", RunState.SENDING, "ready")],
)
def test_it_takes_a_persons_word_on_an_unknown_call(alice, alice_client, told, state, chunk):
    doubtful = with_chunks(made_run(alice, RunState.FAILED), "unknown", rows=1)
    body = zlib.compress(b"email\nann@example.com\n")
    ChunkBody.objects.create(chunk=doubtful.chunks.get(), packed_csv=body)
    alice_client.post(at("decide", doubtful), {told: 1})

    doubtful.refresh_from_db()
    assert (doubtful.state, doubtful.chunks.get().state) == (state, chunk)


@pytest.mark.parametrize(
    "sent", [{}, {"again": "x"}, {"again": 1, "went_in": 1}, {"again": 9}]
)
def test_it_decides_nothing_on_nonsense(alice, alice_client, sent):
    doubtful = with_chunks(made_run(alice, RunState.FAILED), "unknown")
    alice_client.post(at("decide", doubtful), sent)

    assert doubtful.chunks.get().state == "unknown"


def test_it_offers_to_decide_on_an_unknown_call(alice, alice_client):
    doubtful = with_chunks(made_run(alice, RunState.FAILED), "unknown")
    page = alice_client.get(doubtful.get_absolute_url()).content.decode()

    assert 'name="went_in" value="1"' in page
    assert 'name="again" value="1"' in page


def test_it_offers_to_send_the_rest(alice, alice_client):
    cancelled = with_chunks(made_run(alice, RunState.CANCELLED), "done", "not_sent")

    page = words(alice_client.get(cancelled.get_absolute_url()))
    assert "Send the 600 rows not sent" in page


def test_it_offers_a_viewer_no_move(alice, bob_client):
    cancelled = with_chunks(made_run(alice, RunState.CANCELLED), "done", "not_sent", "unknown")
    page = bob_client.get(cancelled.get_absolute_url()).content.decode()

    assert "retry-button" not in page
    assert 'name="again"' not in page


def test_it_says_by_which_import_rows_that_would_go_again_have_come(
    sandbox, alice, alice_client, tmp_path
):
    run = started(alice, tmp_path, csv_of(3))
    starting.cancel_run(run, alice)
    run = worked(run)
    other = worked(started(alice, tmp_path, csv_of(5, start=3)))

    shown = words(alice_client.post(at("retry", run), follow=True))

    assert "Nothing was sent again: 1 of 3 rows is in this list by now" in shown
    assert f"by import {other.pk}. Upload the file again" in shown
