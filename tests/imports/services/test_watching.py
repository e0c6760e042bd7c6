"""Later calls held against the canary: figures made up, then two ways over HTTP."""

from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import settling, starting, watching
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from people.models import Notice
from tests.imports.files import csv_of, started, stepped, worked
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db
SEEN = [
    {"call": 9, "figures": {"skips": [0, 200], "emails": [176, 200], "charge": [176, 200]}}
]


@pytest.fixture
def run(alice) -> Run:
    """Three later calls are answered; a person has seen the canary, call 9."""
    made = made_run(alice, RunState.SENDING, canary=True, figures_shown=SEEN)
    made.enrichment_type = EnrichmentType.PARTIAL
    return with_chunks(made, "done", "done", "done", "ready")


def skipped(number, rows):
    Chunk.objects.filter(number=number).update(rows_skipped=rows, rows_imported=600 - rows)


def over(number, emails, charged=None, **facts):
    flow = Workflow.objects.create(
        workflow_id=f"wf-{number}",
        list_id="list-1",
        enrichment_type="partial",
        **{
            "total": 600,
            "emails_found": emails,
            "credits_charged": emails if charged is None else charged,
            "status": "completed",
            "ended_at": timezone.now(),
        }
        | facts,
    )
    Chunk.objects.filter(number=number).update(workflow=flow)
    return flow


def judged(run):
    run.refresh_from_db()
    with take_turn(run.pk) as turn:
        stopped = watching.judge(run, turn)
    run.refresh_from_db()
    return stopped


def test_it_is_content_with_what_the_canary_said(run):
    skipped(1, 4)
    over(2, 530)
    assert not judged(run)
    assert run.state == RunState.SENDING
    assert Chunk.objects.exclude(out_of_range="").count() == 0


def test_it_pauses_for_skips_the_canary_did_not_say(run):
    skipped(2, 212)
    assert judged(run)
    words = "Batch 2: 212 of 600 rows were skipped; the test batch said 0 to 3 %."
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.OUT_OF_RANGE)
    assert run.problem == Chunk.objects.get(number=2).out_of_range == words
    assert words in Notice.objects.get().text


def test_it_pauses_for_finds_the_canary_did_not_say(run):
    over(1, 300)
    assert judged(run)
    assert run.problem == (
        "Batch 1: e-mails were found for 300 of 600 leads; the test batch said 81 to 93 %. "
        "Batch 1: 50% of the most its 600 leads may cost was charged; "
        "the test batch said 81 to 93 %."
    )


def test_it_judges_no_enrichment_before_its_end(run):
    over(1, 0, ended_at=None)
    assert not judged(run)
    Workflow.objects.update(ended_at=timezone.now())
    assert judged(run)


def test_it_judges_no_enrichment_the_api_lost(run):
    over(1, 0, problem="The API no longer knows it.")
    assert not judged(run)


def test_it_judges_no_call_a_person_decided_on(run):
    Chunk.objects.filter(number=1).update(rows_skipped=600, problem="No answer.")
    assert not judged(run)


def test_it_judges_each_figure_once(run):
    skipped(1, 212)
    judged(run)
    starting.resume_run(run, run.created_by)
    assert not judged(run)
    assert run.state == RunState.SENDING


def test_it_takes_what_a_person_went_on_from_as_accepted(run):
    skipped(1, 212)
    judged(run)
    starting.resume_run(run, run.created_by)
    skipped(2, 200)
    Chunk.objects.filter(number=2).update(skips_judged=False)
    assert not judged(run)
    assert run.figures_shown[1:] == [{"call": 1, "figures": {"skips": [212, 600]}}]


def test_it_says_what_was_accepted_since(run):
    skipped(1, 212)
    judged(run)
    starting.resume_run(run, run.created_by)
    skipped(2, 590)
    Chunk.objects.filter(number=2).update(skips_judged=False)
    judged(run)
    assert run.problem.endswith(
        "the test batch said 0 to 3 %, what was accepted since 30 to 40 %."
    )


def test_it_pauses_for_one_call_at_a_time(run):
    skipped(1, 212)
    skipped(2, 590)
    judged(run)
    assert run.problem.startswith("Batch 1:")
    starting.resume_run(run, run.created_by)
    judged(run)
    assert run.problem.startswith("Batch 2:")


def test_it_pauses_nothing_that_was_cancelled_meanwhile(run):
    skipped(1, 212)
    seen_early = Run.objects.get(pk=run.pk)
    starting.cancel_run(run, run.created_by)
    with take_turn(run.pk) as turn:
        assert watching.judge(seen_early, turn)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLING
    assert not Chunk.objects.get(number=1).skips_judged


@pytest.mark.parametrize("judge", [watching.judge, watching.note])
def test_a_worker_without_the_turn_judges_nothing(run, judge):
    skipped(1, 212)
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        judge(run, turn)
    run.refresh_from_db()
    assert (run.state, Chunk.objects.get(number=1).skips_judged) == (RunState.SENDING, False)


def test_a_crash_between_judgement_and_pause_leaves_both_to_the_next(run, monkeypatch):
    skipped(1, 212)
    with monkeypatch.context() as crash:
        crash.setattr("people.notices.tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            judged(run)
    assert not Chunk.objects.get(number=1).skips_judged
    assert judged(run)
    assert run.state == RunState.PAUSED


def test_it_does_not_pause_once_everything_is_sent(run):
    over(1, 300)
    Run.objects.update(state=RunState.SETTLING)
    Chunk.objects.filter(state=ChunkState.READY).update(state=ChunkState.DONE)
    run.refresh_from_db()
    with take_turn(run.pk) as turn:
        settling.settle(run, turn)
    assert Chunk.objects.get(number=1).out_of_range.startswith("Batch 1: e-mails were found")
    run.refresh_from_db()
    assert run.is_over


def test_it_judges_nothing_of_a_run_without_a_canary(run):
    Run.objects.update(canary=False)
    skipped(1, 212)
    run.refresh_from_db()
    with take_turn(run.pk) as turn:
        watching.note(run, turn)
    assert not Chunk.objects.get(number=1).skips_judged


def test_it_asks_the_database_once_when_there_is_nothing_new(run, django_assert_num_queries):
    Chunk.objects.update(skips_judged=True)
    with take_turn(run.pk) as turn, django_assert_num_queries(1):
        watching.judge(run, turn)


def test_it_reckons_the_finish_anew_from_the_word(run):
    Run.objects.update(forecast_at=run.created_at)
    skipped(1, 212)
    judged(run)
    starting.resume_run(run, run.created_by)
    run.refresh_from_db()
    assert run.forecast_at > timezone.now()


# --- Over HTTP -------------------------------------------------------------------


def test_an_import_pauses_by_itself_when_the_list_fills_up(sandbox, alice, tmp_path):
    """The whole way: canary, word, a call the API skips half of, word, end."""
    sandbox.change(list_rows=1000)
    run = worked(started(alice, tmp_path, csv_of(1300), canary=True))
    assert run.pause_reason == PauseReason.CANARY
    starting.resume_run(run, alice)
    run = worked(run)
    assert run.pause_reason == PauseReason.OUT_OF_RANGE
    assert "rows were skipped; the test batch said 0 to 3 %" in run.problem
    starting.resume_run(run, alice)
    rows = rows_of(worked(run))
    assert (rows.imported, rows.adds_up) == (1000, True)


def looked_at(run):
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due(limit=50)


def test_an_import_pauses_by_itself_when_an_enrichment_fails(
    sandbox, settings, alice, tmp_path
):
    settings.CHUNK_MAX_ROWS = 100
    run = started(alice, tmp_path, csv_of(300), EnrichmentType.PARTIAL, canary=True)
    run = worked(run)
    sandbox.advance(3600)
    looked_at(run)
    run = worked(run)
    starting.resume_run(run, alice)
    while not Chunk.objects.filter(number=1, state=ChunkState.DONE).exists():
        run = stepped(run)
    sandbox.end_workflow(Chunk.objects.get(number=1).workflow.workflow_id)
    looked_at(run)
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.OUT_OF_RANGE)
    assert run.problem.startswith("Batch 1: e-mails were found for 0 of 75 leads;")
    assert rows_of(run).to_go == 150
