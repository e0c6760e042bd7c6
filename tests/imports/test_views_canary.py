"""The canary on the pages: asked for under Check, shown on the run's page."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from jobs.models import WorkerBeat
from tests.imports.pages import at, htmx, made_run, squeezed, with_chunks, words

pytestmark = pytest.mark.django_db
SEEN = [{"call": 4, "figures": {"skips": [4, 200], "emails": [176, 196]}}]


@pytest.fixture(autouse=True)
def _world(sandbox):
    now = timezone.now()
    WorkerBeat.objects.create(worker_id="w", host="h", pid=1, started_at=now, beat_at=now)
    return sandbox


@pytest.fixture
def planned(alice) -> Run:
    return with_chunks(made_run(alice, RunState.CHECKED), "ready", "ready", "ready")


def with_canary(run: Run, state=ChunkState.DONE, **facts) -> Run:
    """Give the run three later calls of 600 rows, and a canary of 200 as its fourth."""
    with_chunks(run, "ready", "ready", "ready")
    Chunk.objects.create(
        run=run,
        plan=run.plan,
        number=4,
        rows=200,
        row_numbers="10-209",
        body_bytes=1,
        body_sha256="0" * 64,
        is_canary=True,
        state=state,
        **facts,
    )
    run.rows_ready, run.rows_in, run.calls_planned = 2000, 2000, 4
    run.save()
    return run


@pytest.fixture
def paused(alice) -> Run:
    """A run that enriches and stands still with its canary's result."""
    run = made_run(
        alice,
        RunState.PAUSED,
        canary=True,
        pause_reason=PauseReason.CANARY,
        figures_shown=SEEN,
        enrichment_type=EnrichmentType.PARTIAL,
        credits_most=2000,
    )
    flow = Workflow.objects.create(
        workflow_id="wf",
        list_id="list-1",
        enrichment_type="partial",
        status="completed",
        total=196,
        emails_found=176,
        credits_charged=176,
        ended_at=timezone.now(),
    )
    return with_canary(run, rows_imported=196, rows_skipped=4, workflow=flow)


def shown(client, run: Run, **query: object) -> str:
    return words(client.get(run.get_absolute_url(), query))


# --- Check -----------------------------------------------------------------------


def test_it_offers_a_canary_and_takes_none_by_itself(alice_client, planned):
    page = alice_client.get(at("check", planned))
    assert "Test batch first About 200 rows from all over the file go first" in words(page)
    assert 'name="canary" value="on"' not in page.content.decode()


def test_it_offers_none_for_a_single_call(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.CHECKED), "ready")
    page = alice_client.get(at("check", run), {"canary": "on"})
    assert "Test batch" not in words(page)
    assert 'name="canary"' not in page.content.decode()


def test_it_counts_the_call_of_the_canary(alice_client, planned):
    query = {"canary": "on", "enrich": "partial"}
    page = words(alice_client.get(at("check", planned), query))
    assert "Batches 4" in page
    assert "after your word" in page
    assert "Batches 3" in words(alice_client.get(at("check", planned), {"enrich": "partial"}))


def test_it_keeps_the_canary_in_the_address(alice_client, planned):
    page = alice_client.get(at("check", planned), {"canary": "on"}).content.decode()
    assert 'id="canary" form="choices" checked' in page
    assert 'name="canary" value="on" form="start"' in page


def test_the_fragment_with_a_canary_is_part_of_the_page(alice_client, planned):
    query = {"canary": "on", "enrich": "full"}
    page = alice_client.get(at("check", planned), query)
    part = alice_client.get(at("check", planned), query, headers=htmx("check"))
    assert squeezed(part) in squeezed(page)


def test_it_starts_with_a_canary(alice_client, planned):
    sent = {"enrich": "off", "credits_most": 0, "canary": "on"}
    alice_client.post(at("start", planned), sent)
    planned.refresh_from_db()
    assert (planned.state, planned.canary) == (RunState.SENDING, True)


def test_it_starts_without_one_unless_asked(alice_client, planned):
    alice_client.post(at("start", planned), {"enrich": "off", "credits_most": 0})
    planned.refresh_from_db()
    assert (planned.state, planned.canary) == (RunState.SENDING, False)


# --- Run -------------------------------------------------------------------------


def test_it_says_that_it_waits_for_the_canary(alice, alice_client):
    run = with_canary(made_run(alice, RunState.SENDING, canary=True), ChunkState.SENDING)
    text = shown(alice_client, run)
    assert "0 of 4 · waiting for the result of the test batch" in text
    assert "200 rows from all over the file; its figures are shown once" in text


def test_it_says_nothing_of_a_canary_that_is_not_made_yet(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING, canary=True), "ready", "ready")
    assert 'id="canary"' not in alice_client.get(run.get_absolute_url()).content.decode()


def test_it_shows_what_the_canary_found_and_says_of_the_rest(alice_client, paused):
    text = shown(alice_client, paused)
    assert "Paused: the result of the test batch is in" in text
    assert "Resume to send the rest" in text
    assert "200 rows from all over the file; the rest is 1,800 rows" in text
    assert "Rows imported 98 % 196 of 200 1,705 to 1,787 of 1,800" in text
    assert "Skipped by the API 2 % 4 of 200 13 to 95 of 1,800" in text
    assert "E-mails found 90 % 176 of 196" in text
    assert "Credits charged 88 % 176 of 200 1,484 to 1,655 of 1,800" in text
    assert "Approved for all: 2,000 credits at most." in text


def test_it_leaves_out_what_was_not_asked_for(alice_client, paused):
    assert "Phones found" not in shown(alice_client, paused)


def test_the_canary_stands_above_the_rows_while_it_waits_for_a_word(alice_client, paused):
    text = shown(alice_client, paused)
    assert text.index("95 % ranges") < text.index("to go")
    Run.objects.update(state=RunState.SENDING, pause_reason="")
    text = shown(alice_client, paused)
    assert text.index("95 % ranges") > text.index("to go")


def test_it_shows_what_the_rest_brought_beside_it(alice_client, paused):
    Run.objects.update(state=RunState.SENDING, pause_reason="")
    Chunk.objects.filter(number=1).update(state="done", rows_imported=590, rows_skipped=10)
    text = shown(alice_client, paused)
    assert "1,705 to 1,787 of 1,800 590" in text
    assert "So far" in text


def test_it_says_when_the_canary_had_no_finds_to_go_by(alice_client, paused):
    Workflow.objects.update(status="failed")
    text = shown(alice_client, paused)
    assert "its enrichment ended badly, so there are no finds to go by" in text
    assert "E-mails found" not in text


def test_it_puts_the_square_of_the_canary_first(alice_client, paused):
    page = alice_client.get(paused.get_absolute_url()).content.decode()
    assert page.index('id="call-4"') < page.index('id="call-1"')
    label = "Test batch: done with skips, 196 of 200 rows imported"
    assert f'aria-label="{label}"' in page


def test_it_shows_the_canary_closely(alice_client, paused):
    assert "Test batch Done" in shown(alice_client, paused, chunk=4)


def test_it_offers_to_send_a_failed_canary_again(alice, alice_client):
    run = made_run(alice, RunState.PAUSED, canary=True, pause_reason=PauseReason.CANARY_FAILED)
    text = shown(alice_client, with_canary(run, ChunkState.FAILED))
    assert "Send the 200 failed rows again" in text
    assert "Resume to send the rest without knowing more" in text


def test_it_says_which_call_is_unlike_the_canary(alice_client, paused):
    said = "Batch 1: 212 of 600 rows were skipped; the test batch said 0 to 7 %."
    Run.objects.update(pause_reason=PauseReason.OUT_OF_RANGE, problem=said)
    Chunk.objects.filter(number=1).update(
        state="done", rows_imported=388, rows_skipped=212, out_of_range=said
    )
    text = shown(alice_client, paused, chunk=1)
    assert f"Paused: a batch is unlike the test batch {said}" in text
    assert "batches like this one no longer pause the import" in text
    assert f"Unlike the test batch {said}" in text
    assert (
        "rows imported. Unlike the test batch"
        in alice_client.get(paused.get_absolute_url()).content.decode()
    )


def test_it_says_at_the_end_what_came_too_late_to_pause_for(alice_client, paused):
    said = "Batch 1: e-mails were found for 20 of 600 leads; the test batch said 81 to 93 %."
    Run.objects.update(state=RunState.FINISHED, pause_reason="", ended_at=timezone.now())
    Chunk.objects.filter(is_canary=False).update(state="done", rows_imported=600)
    Chunk.objects.filter(number=1).update(out_of_range=said)
    text = shown(alice_client, paused)
    assert f"1 batch was unlike the test batch {said}" in text
    assert "In the end" in text


def test_it_shows_viewers_the_canary_and_no_resume(bob_client, paused):
    text = shown(bob_client, paused)
    assert "Rows imported 98 %" in text
    assert "Resume import" not in text


def test_the_fragment_with_a_canary_is_part_of_the_run_page(alice_client, paused):
    url = paused.get_absolute_url()
    part = alice_client.get(url, headers=htmx("run"))
    assert squeezed(part) in squeezed(alice_client.get(url))


def queries_of(client, run: Run) -> int:
    with CaptureQueriesContext(connection) as queries:
        client.get(run.get_absolute_url())
    return len(queries)


def test_the_canary_costs_the_page_one_query(alice_client, paused):
    with_it = queries_of(alice_client, paused)
    Run.objects.update(canary=False)
    assert with_it == queries_of(alice_client, paused) + 1
