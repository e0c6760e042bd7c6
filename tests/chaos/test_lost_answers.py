"""A lost answer followed by another misfortune: the first question must stay open."""

from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import answers, claims, starting
from imports.services.sums import rows_of
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


def with_a_lost_answer(sandbox, alice, folder, kind=EnrichmentType.OFF):
    """A run whose only chunk was imported without the portal hearing of it."""
    run = started(alice, folder, csv_of(5), kind)
    sandbox.fault("cut_after", path="csv-import")
    while not sandbox.ledger("row_imported"):
        run = stepped(run)
    assert Chunk.objects.get().state == ChunkState.RETRYING
    return run


def refused_and_resumed(sandbox, run, alice, refusal):
    sandbox.fault(refusal, path="csv-import")
    run = worked(run)
    assert run.state == RunState.PAUSED
    starting.resume_run(run, alice)
    return worked(run)


@pytest.mark.parametrize("refusal", ["unauthorized", "no_scope"])
@pytest.mark.parametrize("kind", [EnrichmentType.OFF, EnrichmentType.PARTIAL])
def test_it_imports_once_when_the_key_is_refused_in_between(
    sandbox, alice, tmp_path, refusal, kind
):
    run = with_a_lost_answer(sandbox, alice, tmp_path, kind)
    run = refused_and_resumed(sandbox, run, alice, refusal)
    assert len(sandbox.ledger("row_imported")) == 5
    assert len(sandbox.ledger("workflow_started")) == (kind != EnrichmentType.OFF)
    assert Chunk.objects.get().replayed


def test_it_finds_out_a_worker_that_takes_the_refusal_for_a_proof(
    sandbox, alice, tmp_path, monkeypatch
):
    monkeypatch.setattr(answers, "_keep_question_open", answers._take_as_proof)
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    refused_and_resumed(sandbox, run, alice, "unauthorized")
    assert len(sandbox.ledger("row_imported")) == 10


REFUSALS = {
    "credits": (400, "insufficient_credits"),
    "expired": (400, "quote_expired"),
    "mismatch": (400, "quote_mismatch"),
    "required": (400, "quote_required"),
    "used": (409, "quote_used"),
    "overspent": (400, "spend_cap_exceeded"),
    "too large": (413, "payload_too_large"),
    "not accepted": (422, "validation_error"),
}


def refused(sandbox, refusal, times=1):
    status, code = REFUSALS[refusal]
    body = {"error": {"code": code, "problem": "No."}}
    sandbox.fault("answer", path="csv-import", status=status, body=body, times=times)


@pytest.mark.parametrize("refusal", REFUSALS)
def test_it_hears_of_the_import_after_a_refusal_in_between(sandbox, alice, tmp_path, refusal):
    run = with_a_lost_answer(sandbox, alice, tmp_path, EnrichmentType.PARTIAL)
    refused(sandbox, refusal)
    run = worked(run)
    assert run.state == RunState.SETTLING
    assert Chunk.objects.get().replayed
    assert len(sandbox.ledger("row_imported")) == 5
    assert sum(entry["credits"] for entry in sandbox.ledger("credits_reserved")) == 5


def test_it_does_not_call_rows_unsent_while_it_stands_still(sandbox, alice, tmp_path):
    run = with_a_lost_answer(sandbox, alice, tmp_path, EnrichmentType.PARTIAL)
    refused(sandbox, "credits", times=answers.MOST_FAULTS)
    run = worked(run)
    rows = rows_of(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CREDITS)
    assert (rows.asked, rows.unsent) == (5, 0)


@pytest.mark.parametrize("refusal", ["credits", "expired", "too large"])
def test_it_imports_once_however_long_it_is_refused(sandbox, alice, tmp_path, refusal):
    run = with_a_lost_answer(sandbox, alice, tmp_path, EnrichmentType.PARTIAL)
    refused(sandbox, refusal, times=answers.MOST_FAULTS)
    run = worked(run)
    if run.state == RunState.PAUSED:
        starting.resume_run(run, alice)
    worked(run)
    keys = {call["idempotency_key"] for call in sandbox.calls("csv-import")}
    assert (len(keys), len(sandbox.ledger("row_imported"))) == (1, 5)
    assert Chunk.objects.get().state in {ChunkState.DONE, ChunkState.UNKNOWN}


def test_it_leaves_the_question_to_a_person_when_the_run_is_cancelled(
    sandbox, alice, tmp_path
):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    starting.cancel_run(run, alice)
    sandbox.fault("unauthorized", path="csv-import")
    run = worked(run)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    assert rows_of(run).adds_up


def test_it_does_not_call_rows_unsent_that_may_be_in_a_list_now_gone(sandbox, alice, tmp_path):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    sandbox.fault("not_found", path="csv-import")
    run = worked(run)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    assert (run.state, rows_of(run).unknown) == (RunState.FAILED, 5)


@pytest.mark.parametrize("path", ["lead-lists$", "credits/estimate"])
@pytest.mark.parametrize("kind", ["garbage", "html", "wrong_shape", "cut_after"])
def test_it_asks_again_where_an_answer_before_the_import_is_no_answer(
    sandbox, alice, tmp_path, path, kind
):
    run = started(alice, tmp_path, csv_of(5), EnrichmentType.PARTIAL)
    sandbox.fault(kind, path=path)
    run = worked(run)
    assert run.state == RunState.SETTLING
    assert len(sandbox.ledger("row_imported")) == 5
    assert len(sandbox.ledger("list_created")) == 1


def test_it_keeps_the_key_of_a_chunk_whose_answer_was_lost(sandbox, alice, tmp_path):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    before = Chunk.objects.get().idempotency_key
    refused_and_resumed(sandbox, run, alice, "unauthorized")
    keys = {call["idempotency_key"] for call in sandbox.calls("csv-import")}
    assert keys == {before}
    assert Run.objects.get().pause_reason == PauseReason.NONE
    assert (
        claims.is_beyond_replay(Chunk.objects.get(), Chunk.objects.get().answered_at) is False
    )


def test_it_does_not_call_rows_refused_that_may_be_in(sandbox, alice, tmp_path):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    refused(sandbox, "not accepted", times=answers.MOST_FAULTS)
    worked(run)
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    assert len({call["idempotency_key"] for call in sandbox.calls("csv-import")}) == 1
