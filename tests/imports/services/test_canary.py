from __future__ import annotations

import time

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.core.plan import unpack_rows
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import canary, claims, retrying, sending, splitting, starting
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from people.models import Notice
from tests.imports.files import HEADER, csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db
PARTIAL = EnrichmentType.PARTIAL


def with_canary(person, folder, rows=1300, kind=EnrichmentType.OFF):
    return started(person, folder, csv_of(rows), kind, canary=True)


def emails(sandbox):
    return [entry["email"] for entry in sandbox.ledger("row_imported")]


def every(rows):
    return sorted(f"ann{n}@example.com" for n in range(1, rows + 1))


def sent_rows(run):
    """Every (row number, e-mail) that the run's chunks carry."""
    found = []
    for chunk in Chunk.objects.of_plan(run).select_related("body"):
        _, *records = splitting.records_of(chunk)
        pairs = zip(unpack_rows(chunk.row_numbers), records, strict=True)
        found += [(row, record[2]) for row, record in pairs]
    return sorted(found)


def the_canary():
    return Chunk.objects.get(is_canary=True)


def enriched(run, sandbox):
    """Let the enrichment end and the portal see it."""
    sandbox.advance(3600)
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due(limit=50)
    return worked(run)


# --- Making it -------------------------------------------------------------------


def test_it_takes_rows_from_all_over_the_file(alice, tmp_path):
    run = stepped(with_canary(alice, tmp_path))
    rows = unpack_rows(the_canary().row_numbers)
    assert len(rows) == the_canary().rows == 200
    assert (rows[0], rows[-1]) < (20, 1290)
    assert max(b - a for a, b in zip(rows, rows[1:], strict=False)) <= 14
    assert run.calls_planned == Chunk.objects.count() == 4


def test_it_leaves_every_row_in_one_chunk(alice, tmp_path):
    run = stepped(with_canary(alice, tmp_path))
    assert sent_rows(run) == [(n + 1, f"ann{n}@example.com") for n in range(1, 1301)]
    assert rows_of(run).adds_up
    assert rows_of(run).to_go == 1300


def test_it_says_of_each_chunk_what_it_carries_now(alice, tmp_path):
    run = stepped(with_canary(alice, tmp_path))
    for chunk in Chunk.objects.of_plan(run).select_related("body"):
        assert claims.request_of(run, chunk).upload.csv.count(b"\n") == chunk.rows + 1
        assert len(unpack_rows(chunk.row_numbers)) == chunk.rows


def test_it_keeps_a_cell_with_commas_and_quotes_whole(alice, tmp_path):
    line = 'Ann{n},"Le""e, {n}\nthe second",ann{n}@example.com,Acme'
    text = "\n".join([HEADER, *(line.format(n=n) for n in range(700))]) + "\n"
    run = stepped(started(alice, tmp_path, text, canary=True))
    bodies = Chunk.objects.of_plan(run).select_related("body")
    records = [record for chunk in bodies for record in splitting.records_of(chunk)[1:]]
    assert sorted(record[1] for record in records) == sorted(
        f'Le"e, {n} the second' for n in range(700)
    )


def test_it_keeps_to_the_bytes_of_one_call(alice, tmp_path, settings):
    settings.CHUNK_MAX_BYTES = 5_000
    stepped(with_canary(alice, tmp_path))
    assert 100 < the_canary().rows < 200
    assert the_canary().body_bytes <= 5_000


def test_it_sends_one_whole_call_first_where_each_row_is_one(alice, tmp_path, settings):
    settings.CHUNK_MAX_ROWS = 1
    run = stepped(with_canary(alice, tmp_path, rows=3))
    assert the_canary().number == 2
    assert run.calls_planned == Chunk.objects.count() == 3


def test_it_is_made_once(alice, tmp_path):
    run = with_canary(alice, tmp_path)
    seen_early = Run.objects.get(pk=run.pk)
    with take_turn(run.pk) as turn:
        canary.step(run, turn)
        canary.step(seen_early, turn)
    assert Chunk.objects.filter(is_canary=True).count() == 1
    assert Run.objects.get().calls_planned == 4


def test_it_is_made_by_nobody_without_the_turn(alice, tmp_path):
    run = with_canary(alice, tmp_path)
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        canary.step(run, turn)
    assert not Chunk.objects.filter(is_canary=True).exists()
    assert Run.objects.get().calls_planned == 3


def test_a_crash_while_it_is_made_leaves_the_plan_as_it_was(alice, tmp_path, monkeypatch):
    run = with_canary(alice, tmp_path)
    before = sent_rows(run)
    with monkeypatch.context() as crash:
        crash.setattr("imports.services.splitting.add_chunk", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            stepped(run)
    assert (Chunk.objects.count(), sent_rows(run)) == (3, before)
    assert stepped(run).calls_planned == 4


def test_it_makes_none_for_a_single_call(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path, rows=5))
    assert (run.canary, run.state) == (False, RunState.FINISHED)


def test_it_is_made_in_a_moment(alice, tmp_path):
    run = with_canary(alice, tmp_path, rows=13_000)
    start = time.process_time()
    stepped(run)
    assert time.process_time() - start < 1.0


# --- Waiting for it --------------------------------------------------------------


def test_it_goes_first_and_the_rest_waits_for_a_word(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path))
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CANARY)
    assert len(emails(sandbox)) == 200
    assert rows_of(run).to_go == 1100


def test_it_sends_the_rest_by_a_persons_word(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path))
    assert starting.resume_run(run, alice)
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert sorted(emails(sandbox)) == every(1300)


def test_it_keeps_the_rest_back_by_a_cancel(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path))
    assert starting.cancel_run(run, alice)
    run = worked(run)
    rows = rows_of(run)
    assert (run.state, rows.imported, rows.not_sent) == (RunState.CANCELLED, 200, 1100)
    assert rows.adds_up


def test_it_tells_what_the_canary_found(sandbox, alice, tmp_path):
    worked(with_canary(alice, tmp_path))
    [notice] = Notice.objects.all()
    assert notice.text.endswith(
        "is paused: the result of the test batch is in: 200 of 200 rows went in. "
        "So far 200 of 1,300 rows are in Spring"
    )


def test_it_waits_for_the_enrichment_of_the_canary(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path, kind=PARTIAL))
    assert run.state == RunState.SENDING
    assert run.wake_at > timezone.now()
    assert len(emails(sandbox)) == 200
    run = enriched(run, sandbox)
    [flow] = Workflow.objects.all()
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CANARY)
    assert run.figures_shown[0]["figures"]["emails"] == [flow.emails_found, 200]


def test_it_reckons_the_finish_anew_from_the_word(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path))
    assert run.forecast_at is None
    starting.resume_run(run, alice)
    run.refresh_from_db()
    assert run.forecast_at > timezone.now()


def test_it_asks_again_for_a_canary_without_an_answer(sandbox, alice, tmp_path):
    run = with_canary(alice, tmp_path)
    sandbox.fault("cut_after", path="csv-import")
    for _ in range(4):
        run = stepped(run)
    assert Chunk.objects.filter(state=ChunkState.READY).count() == 3
    Chunk.objects.update(next_try_at=None)
    assert worked(run).pause_reason == PauseReason.CANARY
    assert len(emails(sandbox)) == 200


def test_it_waits_for_both_halves_of_a_canary_that_was_too_large(sandbox, alice, tmp_path):
    run = with_canary(alice, tmp_path)
    sandbox.fault("server_error", status=413, path="csv-import")
    run = worked(run)
    assert run.pause_reason == PauseReason.CANARY
    assert len(emails(sandbox)) == 200
    assert run.figures_shown == [{"call": 4, "figures": {"skips": [0, 200]}}]


def test_a_worker_that_dies_at_the_pause_leaves_it_to_the_next(
    sandbox, alice, tmp_path, monkeypatch
):
    run = with_canary(alice, tmp_path)
    with monkeypatch.context() as crash:
        crash.setattr("people.notices.tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            worked(run)
    run.refresh_from_db()
    assert (run.state, run.figures_shown) == (RunState.SENDING, [])
    assert worked(run).pause_reason == PauseReason.CANARY
    assert Notice.objects.count() == 1


def test_it_does_not_pause_again_after_the_word(sandbox, alice, tmp_path):
    """A worker that was stopped with the result in its hand wakes after the resume."""
    run = with_canary(alice, tmp_path)
    for _ in range(3):
        run = stepped(run)
    seen_early = Run.objects.get(pk=run.pk)
    worked(run)
    starting.resume_run(run, alice)
    with take_turn(run.pk) as turn:
        turn.token = "of old"
        canary.step(seen_early, turn)
    assert Run.objects.get().state == RunState.SENDING


# --- When it goes wrong ----------------------------------------------------------


def refused(sandbox, alice, tmp_path):
    run = with_canary(alice, tmp_path)
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    return worked(run)


def test_it_pauses_when_the_canary_is_refused(sandbox, alice, tmp_path):
    run = refused(sandbox, alice, tmp_path)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CANARY_FAILED)
    assert run.problem.startswith("The test batch failed:")
    assert emails(sandbox) == []


def test_it_sends_the_rest_without_a_canary_that_failed(sandbox, alice, tmp_path):
    run = refused(sandbox, alice, tmp_path)
    starting.resume_run(run, alice)
    run = worked(run)
    rows = rows_of(run)
    assert (run.state, rows.imported, rows.failed) == (RunState.FAILED, 1100, 200)


def test_it_sends_a_failed_canary_again_before_the_rest(sandbox, alice, tmp_path):
    run = refused(sandbox, alice, tmp_path)
    assert retrying.retry_rows(run, alice) == 200
    run = worked(run)
    assert (run.pause_reason, len(emails(sandbox))) == (PauseReason.CANARY, 200)


def unknown(sandbox, alice, tmp_path):
    run = with_canary(alice, tmp_path)
    sandbox.fault("cut_after", path="csv-import")
    for _ in range(3):
        run = stepped(run)
    long_ago = run.created_at.replace(year=2020)
    Chunk.objects.filter(is_canary=True).update(first_sent_at=long_ago, next_try_at=None)
    return worked(run)


def test_it_pauses_when_nobody_knows_what_became_of_the_canary(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CANARY_FAILED)
    assert run.problem.startswith("The test batch has an unknown outcome:")


def test_it_tells_once_that_nobody_knows_and_that_the_rest_waits(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path)
    [notice] = Notice.objects.all()
    assert notice.text == (
        f"Import {run.pk} needs you: the answer for the test batch was lost, so its "
        "200 rows may be in Spring or not, and the rest waits for your word"
    )


def test_it_tells_again_when_a_resume_meets_a_canary_nobody_knows_of(sandbox, alice, tmp_path):
    run = cancelled_with_a_lost_answer(sandbox, alice, tmp_path)
    [notice] = Notice.objects.filter(text__contains="the test batch")
    assert notice.text.endswith("may be in Spring or not")
    retrying.retry_rows(run, alice)
    assert worked(run).pause_reason == PauseReason.CANARY_FAILED
    newest = Notice.objects.latest("pk")
    assert newest.text.endswith("and the rest waits for your word")


def cancelled_with_a_lost_answer(sandbox, alice, tmp_path):
    """Nobody knows of the canary, and nothing else is sent."""
    run = with_canary(alice, tmp_path)
    sandbox.fault("cut_after", path="csv-import")
    for _ in range(3):
        run = stepped(run)
    starting.cancel_run(run, alice)
    sandbox.fault("unauthorized", path="csv-import")
    Chunk.objects.update(next_try_at=None)
    run = worked(run)
    assert the_canary().state == ChunkState.UNKNOWN
    return run


def test_it_waits_for_a_word_after_a_verdict_on_the_canary(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path)
    assert retrying.decide_unknown(run, 4, alice, went_in=True)
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CANARY)
    assert run.figures_shown == [{"call": 4, "figures": {}}]
    starting.resume_run(run, alice)
    run = worked(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 1300)


def test_it_asks_for_no_word_when_there_is_no_rest(sandbox, alice, tmp_path):
    run = refused(sandbox, alice, tmp_path)
    starting.resume_run(run, alice)
    run = worked(run)
    retrying.retry_rows(run, alice)
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert sorted(emails(sandbox)) == every(1300)


def test_it_goes_first_when_it_was_cancelled_before_it_went(sandbox, alice, tmp_path):
    run = stepped(with_canary(alice, tmp_path))
    starting.cancel_run(run, alice)
    run = worked(run)
    assert rows_of(run).not_sent == 1300
    retrying.retry_rows(run, alice)
    run = worked(run)
    assert (run.pause_reason, len(emails(sandbox))) == (PauseReason.CANARY, 200)


def test_it_needs_no_second_word_after_a_cancel_at_the_pause(sandbox, alice, tmp_path):
    run = worked(with_canary(alice, tmp_path))
    starting.cancel_run(run, alice)
    retrying.retry_rows(worked(run), alice)
    run.refresh_from_db()
    assert worked(run).state == RunState.FINISHED


def test_it_lets_the_worker_go_while_it_waits(sandbox, alice, tmp_path):
    run = with_canary(alice, tmp_path, kind=PARTIAL)
    start = time.monotonic()
    sending.advance(run.pk, slice_seconds=60)
    assert time.monotonic() - start < 30
