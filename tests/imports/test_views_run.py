from __future__ import annotations

import re
import time
from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import Workflow
from imports.models import Before, Chunk, ChunkState, LeadsBefore, Run, RunState
from imports.services.progress import progress_of
from imports.views.watched import parts
from jobs.models import WorkerBeat
from tests.imports.pages import at, htmx, made_run, squeezed, with_chunks, with_problem, words

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _worker_alive(db):
    now = timezone.now()
    WorkerBeat.objects.create(worker_id="w", host="h", pid=1, started_at=now, beat_at=now)


def shown(client, run: Run, **query: object) -> str:
    return words(client.get(run.get_absolute_url(), query))


def polled(client, run: Run, **query: object):
    return client.get(run.get_absolute_url(), query, headers=htmx("run"))


def enriched(run: Run, **facts: object) -> Run:
    """Say of each done chunk that its workflow is over."""
    for chunk in Chunk.objects.filter(run=run, state=ChunkState.DONE):
        chunk.workflow = Workflow.objects.create(
            workflow_id=f"wf-{chunk.pk}",
            list_id=run.list_id,
            enrichment_type=run.enrichment_type,
            **{"ended_at": timezone.now(), "status": "completed"} | facts,
        )
        chunk.save()
    return run


# --- Which step ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "step"),
    [
        (RunState.UPLOADED, "map"),
        (RunState.CHECKING, "check"),
        (RunState.CHECKED, "check"),
    ],
)
def test_it_leads_to_the_step_that_comes_next(alice, alice_client, state, step):
    run = made_run(alice, state)

    assert alice_client.get(at("run", run))["Location"] == at(step, run)


# --- Under way -------------------------------------------------------------------


def test_it_shows_how_far_an_import_is(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "sending", "ready")

    text = shown(alice_client, run)

    assert "600 imported 1,200 to go" in text
    assert "Batches 1 of 3" in text


def test_it_shows_a_square_a_call(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "sending", "ready", "failed")

    page = alice_client.get(run.get_absolute_url()).content.decode()

    assert 'class="cell done" id="call-1"' in page
    assert 'class="cell in-flight" id="call-2"' in page
    assert 'class="cell waiting" id="call-3"' in page
    assert 'class="cell failed" id="call-4"' in page
    assert 'aria-label="Batch 1: done, 600 of 600 rows imported. Request req_1"' in page


def test_it_shows_one_call_closely(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    assert "Rows of the file 602–1,201, 600 rows sent together" in shown(
        alice_client, run, chunk=2
    )


@pytest.mark.parametrize(
    "query", [{"chunk": "9"}, {"chunk": "x"}, {"was": "y" * 99}, {"ask": "?"}]
)
def test_it_reads_a_bad_query_as_if_it_were_not_there(alice, alice_client, query):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    assert "600 imported" in shown(alice_client, run, **query)


# --- Beside other imports ------------------------------------------------------------


@pytest.fixture
def others(alice):
    """Two more at work, and one that a person has paused."""
    for state in (RunState.SENDING, RunState.SENDING, RunState.PAUSED):
        with_chunks(made_run(alice, state), "done", "ready")


def test_it_says_with_whom_it_shares(alice, alice_client, others):
    run = made_run(alice, RunState.SENDING, waiting_for="the API's rate limit")

    text = shown(alice_client, with_chunks(run, "done", "ready"))

    assert "2 other imports share the rate limit, people browsing come first" in text


def test_it_says_how_many_are_ahead_until_its_first_call(alice, alice_client, others):
    run = with_chunks(made_run(alice, RunState.SENDING), "ready", "ready")

    assert "2 ahead of yours, starts in a moment" in shown(alice_client, run)
    Chunk.objects.filter(run=run, number=1).update(state=ChunkState.SENDING)
    assert "ahead of yours" not in shown(alice_client, run)


def test_it_says_when_it_starts_if_that_is_not_soon(alice, alice_client, others):
    wake_at = timezone.now() + timedelta(minutes=2)
    run = with_chunks(made_run(alice, RunState.SENDING, wake_at=wake_at), "ready")

    starts = timezone.localtime(wake_at + timedelta(seconds=4))
    assert f"2 ahead of yours, starts {starts:%H:%M}" in shown(alice_client, run)


def test_it_says_nothing_of_others_once_it_is_paused(alice, alice_client, others):
    run = with_chunks(made_run(alice, RunState.PAUSED), "ready")

    text = shown(alice_client, run)

    assert "ahead of yours" not in text
    assert "share the rate limit" not in text


def test_it_is_done_later_beside_others(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), *["ready"] * 60)
    alone = progress_of(run).done_at
    with_chunks(made_run(alice, RunState.SENDING), *["ready"] * 60)
    later = progress_of(run).done_at

    assert later - timezone.now() > 1.9 * (alone - timezone.now())


def test_others_are_no_news_to_a_screen_reader(alice, alice_client, others):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    page = polled(alice_client, run, was="sending.0").content.decode()

    assert "share the rate limit" in page
    assert "aria-live" not in page
    assert 'id="standing"' not in page


@pytest.mark.parametrize("enrich", ["off", "partial"])
def test_many_others_cost_it_no_more_queries(
    alice, alice_client, enrich, django_assert_max_num_queries
):
    run = with_chunks(made_run(alice, RunState.SENDING, enrichment_type=enrich), "ready")
    for _ in range(30):
        with_chunks(made_run(alice, RunState.SENDING, enrichment_type=enrich), "ready")

    with django_assert_max_num_queries(10):
        polled(alice_client, run, was="sending.0")


def test_it_says_that_it_waits_for_the_rate_limit(alice, alice_client):
    run = made_run(alice, RunState.SENDING, waiting_for="the API's rate limit")

    text = shown(alice_client, with_chunks(run, "ready"))

    assert "waiting for the API&#x27;s rate limit, people browsing come first" in text


def test_it_says_what_an_api_in_trouble_said(alice, alice_client):
    run = made_run(alice, RunState.SENDING, waiting_for="The API did not answer in time.")

    text = shown(alice_client, with_chunks(run, "retrying"))

    assert "Waiting: the API did not answer in time." in text
    assert "no row is lost or sent twice" in text


def test_it_says_which_call_a_cancelled_run_still_waits_for(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.CANCELLING), "done", "sending", "not_sent")

    assert "Cancelling: batch 2 is in flight" in shown(alice_client, run)


def test_a_paused_run_calls_nothing_unsent_that_may_be_in(alice, alice_client):
    run = made_run(alice, RunState.PAUSED, pause_reason="credits", problem="Too few credits.")

    text = shown(alice_client, with_chunks(run, "done", "retrying", "ready", rows=20))

    assert "Batch 2 has no answer yet, so its 20 rows may be in the list" in text
    assert "20 no answer yet" in text
    assert "20 to go" in text


def test_it_says_what_to_do_about_a_pause(alice, alice_client):
    run = made_run(
        alice,
        RunState.PAUSED,
        pause_reason="credits",
        problem="The next chunk needs up to 600 credits and the balance is 12.",
        problem_request_id="req_paused",
    )

    text = shown(alice_client, with_chunks(run, "done", "ready"))

    assert "Paused: out of credits" in text
    assert "the balance is 12." in text
    assert "Top up in Cleanlist" in text
    assert "req_paused" in text
    assert "Resume import" in text


def test_it_offers_viewers_no_resume(alice, bob_client):
    run = with_chunks(made_run(alice, RunState.PAUSED, pause_reason="key"), "ready")

    assert "Resume import" not in shown(bob_client, run)


def test_it_says_that_no_worker_is_running(alice, alice_client):
    WorkerBeat.objects.update(beat_at=timezone.now() - timedelta(minutes=5))
    run = with_chunks(made_run(alice, RunState.SENDING), "ready")

    assert "No worker is running" in words(polled(alice_client, run))


def test_it_says_that_its_worker_is_quiet(alice, alice_client):
    long_ago = timezone.now() - timedelta(minutes=5)
    run = with_chunks(made_run(alice, RunState.SENDING, beat_at=long_ago), "sending")

    assert "No sign of life" in words(polled(alice_client, run))


@pytest.mark.parametrize("asleep", [{"wake_at": 60}, {"beat_at": -30, "others": 5}])
def test_it_takes_no_run_for_stuck_that_only_waits(alice, alice_client, asleep):
    """For the API until a time it gave, or for a turn beside many others."""
    for _ in range(asleep.pop("others", 0)):
        with_chunks(made_run(alice, RunState.SENDING), "ready")
    ages = {"beat_at": -300, "started_at": -300} | asleep
    now = timezone.now()
    moments = {name: now + timedelta(seconds=seconds) for name, seconds in ages.items()}
    run = with_chunks(made_run(alice, RunState.SENDING, **moments), "done", "ready")

    assert "No sign of life" not in words(polled(alice_client, run))


def test_it_names_batches_whose_outcome_is_unknown(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "unknown", "ready")

    assert "It is not known whether 600 rows went in: batch 1" in shown(alice_client, run)


def test_it_asks_before_cancelling_without_javascript(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "ready")

    assert "can be sent later" in shown(alice_client, run, ask="cancel")


def test_it_lists_why_rows_were_skipped(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done")
    for row in (17, 42, 108, 200):
        with_problem(run, row, "missing_required", "Li", "")

    text = shown(alice_client, run)

    assert "No e-mail, LinkedIn, or name with company 4 rows 17, 42, 108 …" in text


def test_it_shows_the_enrichment(alice, alice_client):
    run = made_run(alice, RunState.SETTLING, enrichment_type="partial", credits_most=600)
    enriched(
        with_chunks(run, "done"), total=600, processed=240, emails_found=200, ended_at=None
    )

    text = shown(alice_client, run)

    assert "240 looked up of 600 200 e-mails found" in text
    assert "phones found" not in text


# --- The end ---------------------------------------------------------------------


def over(person, state: str = RunState.FINISHED, **fields) -> Run:
    return made_run(person, state, ended_at=timezone.now(), sent_at=timezone.now(), **fields)


def test_it_tells_the_end_in_one_sentence(alice, alice_client):
    run = over(alice, RunState.FINISHED_WITH_SKIPS, enrichment_type="partial", rows_skipped=12)
    with_chunks(run, "done", rows=488)
    enriched(run, credits_charged=322, credits_refunded=166)

    text = shown(alice_client, run)

    assert "488 of 500 rows are in Spring" in text
    assert "; 12 were skipped; 322 credits charged, 166 refunded." in text
    assert "Open the list" in text
    assert "Download the 12" in text


def test_it_tells_a_cancelled_end(alice, alice_client):
    run = over(alice, RunState.CANCELLED, cancelled_by=alice)

    text = shown(alice_client, with_chunks(run, "done", "not_sent"))

    assert "600 of 1,200 rows are in Spring ; 600 were not sent." in text


def test_it_calls_nothing_failed_that_may_be_in_the_list(alice, alice_client):
    run = over(alice, RunState.FAILED)

    text = shown(alice_client, with_chunks(run, "done", "unknown"))

    assert "600 of 1,200 rows are in Spring ; 600 have an unknown outcome." in text
    assert "600 outcome unknown" in text


def test_it_tells_a_failed_end_with_the_reason(alice, alice_client):
    run = over(alice, RunState.FAILED, problem="The list is gone.", problem_request_id="req_9")

    text = shown(alice_client, with_chunks(run, "done", "failed"))

    assert "600 were failed" not in text
    assert "600 failed" in text
    assert "The list is gone." in text
    assert "req_9" in text


def primary_buttons(client, run: Run) -> list[str]:
    page = client.get(run.get_absolute_url()).content.decode()
    marked = re.findall(r'<(?:a|button)[^>]*class="button primary"[^>]*>(.*?)</', page)
    return [re.sub(r"<[^>]+>", "", label).strip() for label in marked]


def test_the_first_button_after_a_failure_mends_it(alice, alice_client):
    run = with_chunks(over(alice, RunState.FAILED), "done", "failed")

    assert primary_buttons(alice_client, run) == ["Send the 600 failed rows again"]
    assert "Send them again once what is said below is mended" in shown(alice_client, run)


def test_no_button_leads_on_while_an_outcome_is_unknown(alice, alice_client):
    run = with_chunks(over(alice, RunState.FAILED), "done", "unknown")

    assert primary_buttons(alice_client, run) == []
    assert "Say below what became of the rows" in shown(alice_client, run)


def test_the_first_button_after_a_good_end_opens_the_list(alice, alice_client):
    run = with_chunks(over(alice), "done")

    assert primary_buttons(alice_client, run) == ["Open the list"]


@pytest.mark.parametrize(
    ("states", "label"),
    [
        (["done", "not_sent"], "Send the 600 rows not sent"),
        (["failed", "not_sent"], "Send the 1,200 rows left"),
    ],
)
def test_it_names_what_goes_again(alice, alice_client, states, label):
    run = with_chunks(over(alice, RunState.CANCELLED, cancelled_by=alice), *states)

    assert label in shown(alice_client, run)


def test_an_import_of_one_batch_says_nothing_of_batches(alice, alice_client):
    run = with_chunks(over(alice), "done")

    page = alice_client.get(run.get_absolute_url()).content.decode()

    assert '<div hidden><ol class="chunk-grid"' in page
    assert "Batches" not in page


def test_its_legend_has_only_what_the_grid_has(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "done", "ready")

    legend = alice_client.get(run.get_absolute_url()).context["grid"].looks

    assert legend == [("waiting", "waiting"), ("done", "done")]


def test_it_is_silent_about_skips_there_are_none_of(alice, alice_client):
    run = with_chunks(over(alice), "done")

    assert "Skipped, and why" not in shown(alice_client, run)


def test_it_offers_no_verdict_where_every_outcome_is_known(alice, alice_client):
    run = with_chunks(over(alice, RunState.FAILED), "done", "failed")

    assert "Its rows" not in shown(alice_client, run)


def test_it_tells_of_a_discarded_import(alice, alice_client):
    run = made_run(alice, RunState.CANCELLED, plan="", started_at=None, list_id="")

    assert "Discarded before the start: nothing was sent." in shown(alice_client, run)


# --- The fragment ----------------------------------------------------------------


def test_it_calls_for_a_new_frame_when_its_state_has_changed(alice, alice_client):
    run = made_run(alice, RunState.PAUSED)
    assert "frame" in polled(alice_client, run, was="sending.0")["HX-Trigger"]


def test_it_calls_for_no_new_frame_while_nothing_changes(alice, alice_client):
    run = made_run(alice, RunState.PAUSED)
    assert "HX-Trigger" not in polled(alice_client, run, was="paused.0")


def test_the_record_says_what_noting_the_list_cost(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.FINISHED), "done")
    for page in (1, 2, 3):
        LeadsBefore.objects.create(run=run, page=page, leads=500, digests=b"")
    text = words(alice_client.get(at("record", run)))
    assert "the list was read first in 3 calls" in text


def test_it_gives_htmx_a_part_of_the_page(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.PAUSED, pause_reason="key"), "done", "ready")

    page = alice_client.get(run.get_absolute_url())

    assert squeezed(polled(alice_client, run)) in squeezed(page)


@pytest.mark.parametrize("state", [RunState.SENDING, RunState.PAUSED, RunState.SETTLING])
def test_it_looks_again_until_the_end(alice, alice_client, state):
    run = with_chunks(made_run(alice, state), "done", "ready")

    assert "load delay" in polled(alice_client, run).content.decode()


def test_it_stops_by_its_last_markup(alice, alice_client):
    part = polled(alice_client, with_chunks(over(alice), "done")).content.decode()

    assert "load delay" not in part
    assert "hx-get" not in part


def test_it_says_a_state_aloud_only_when_it_changed(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    same = polled(alice_client, run, was="sending.0").content.decode()
    changed = polled(alice_client, run, was="paused.0").content.decode()

    assert "standing" not in same
    assert 'id="standing" hx-swap-oob' in changed


def test_it_keeps_the_skips_on_screen_while_they_are_the_same(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")
    with_problem(run, 17, "missing_required", "Li", "")

    part = polled(alice_client, run, was="sending.1").content.decode()

    assert '<section id="skipped" hx-preserve></section>' in part


def test_it_makes_no_call_of_the_api(alice, alice_client, sandbox):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    alice_client.get(run.get_absolute_url())
    polled(alice_client, run)

    assert sandbox.calls() == []


@pytest.mark.parametrize("chunks", [1, 167, 1_667])
def test_it_asks_our_tables_at_most_nine_times(
    alice, alice_client, chunks, django_assert_max_num_queries
):
    run = large(alice, chunks)

    with django_assert_max_num_queries(9):
        polled(alice_client, run, was="sending.1")


def test_it_stays_fast_with_many_chunks(alice, alice_client):
    small, vast = large(alice, 167), large(alice, 1_667)

    assert seconds_of(alice_client, vast) < 4 * seconds_of(alice_client, small)


def large(person, chunks: int) -> Run:
    states = ["done"] * (chunks // 2) + ["sending"] + ["ready"] * (chunks - chunks // 2 - 1)
    return with_problem(
        with_chunks(made_run(person, RunState.SENDING), *states), 1, "missing_required", "Li"
    )


def seconds_of(client, run: Run) -> float:
    """The best of five looks, without what others of the machine took."""
    took = []
    for _ in range(5):
        parts.clear()
        start = time.process_time()
        polled(client, run, was="sending.1")
        took.append(time.process_time() - start)
    return min(took)


def test_it_shows_a_reason_whose_rows_the_api_did_not_name(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")
    facts = {"rows_imported": 440, "rows_skipped": 160}
    Chunk.objects.filter(number=1).update(skip_reasons={"row_cap_exceeded": 160}, **facts)

    assert "Over the row limit of one batch 160" in shown(alice_client, run)


def test_it_shows_the_word_on_a_refund_as_it_came(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.FINISHED, enrichment_type="full"), "done")
    message = "Your refund of 40 credits is under review."
    enriched(run, status="failed", refund_status="pending_review", refund_message=message)

    text = shown(alice_client, run)

    assert message in text
    assert "Failed" in text


def test_it_says_that_the_list_is_noted_first(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING, before=Before.TO_NOTE), "ready")

    assert "noting what is in the list first" in shown(alice_client, run)
