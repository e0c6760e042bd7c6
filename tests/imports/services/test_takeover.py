"""A worker loses its turn while its call is out; what comes back then is nobody's."""

from __future__ import annotations

import pytest
from django.utils import timezone

from cleanlist_api.client import CleanlistClient
from cleanlist_api.errors import NotSignedIn, OutOfCredits
from enrichment.models import EnrichmentType
from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import claims, retrying, sending, settling, starting
from imports.services.turns import take_turn
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(sandbox, settings, alice, tmp_path):
    """Its list is made; nothing is sent yet."""
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    settings.CHUNK_MAX_ROWS = 2
    return stepped(started(alice, tmp_path, csv_of(4), EnrichmentType.PARTIAL))


@pytest.fixture
def taken_over(monkeypatch):
    """Let another take the turn while a call of this name is out; the call then fails."""

    def arrange(call, error):
        def answer(*_args, **_more):
            Run.objects.update(turn_token="another")
            raise error

        monkeypatch.setattr(f"cleanlist_api.client.CleanlistClient.{call}", answer)

    return arrange


def test_it_does_not_pause_a_run_that_another_sends(run, taken_over):
    stepped(run)
    taken_over("import_csv", NotSignedIn("The API does not accept the key."))
    run = stepped(run)
    assert (run.state, run.problem) == (RunState.SENDING, "")


def test_it_does_not_pause_for_a_quote_that_another_asks_for(run, taken_over):
    taken_over("estimate", OutOfCredits("Too few credits."))
    run = stepped(run)
    assert (run.state, run.problem) == (RunState.SENDING, "")


def test_it_claims_no_chunk_without_the_turn(run):
    chunk = claims.next_chunk(run, timezone.now())
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        claims.claim(run, chunk, turn, timezone.now())
    assert set(Chunk.objects.values_list("state", flat=True)) == {ChunkState.READY}


def test_it_stops_at_the_next_step_once_another_has_the_turn(run, sandbox):
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        assert sending._work(turn, until=0.0) is sending.OVER
    assert sandbox.ledger("row_imported") == []


def test_a_worker_stopped_at_a_cancel_does_not_undo_the_retry(run, alice):
    run = stepped(run)
    starting.cancel_run(run, alice)
    seen_early = Run.objects.get(pk=run.pk)
    with take_turn(run.pk) as stopped:
        Run.objects.update(turn_expires_at=None)
        run = worked(run)
        assert retrying.retry_rows(run, alice)
        settling.keep_back_the_rest(seen_early, stopped)
    states = set(Chunk.objects.values_list("state", flat=True))
    assert ChunkState.NOT_SENT not in states


def test_a_worker_stopped_before_the_end_does_not_end_it_again(run, alice):
    run = worked(run)
    with take_turn(run.pk) as stopped:
        Run.objects.update(turn_token="another", state=RunState.SETTLING, ended_at=None)
        settling.settle(run, stopped)
    assert Run.objects.get().state == RunState.SETTLING


@pytest.mark.parametrize("move", [starting.pause_run, starting.cancel_run])
def test_it_claims_no_chunk_of_a_run_that_a_person_has_just_stopped(run, alice, move):
    chunk = claims.next_chunk(run, timezone.now())
    assert move(run, alice)
    with take_turn(run.pk) as turn:
        assert not claims.claim(run, chunk, turn, timezone.now())
    assert set(Chunk.objects.values_list("state", flat=True)) == {ChunkState.READY}


def test_it_stores_no_answer_that_came_after_the_turn_was_lost(run, sandbox, monkeypatch):
    """The taker asks under the same key, and hears the same."""
    stepped(run)
    ask = CleanlistClient.import_csv

    def overtaken(*args):
        Run.objects.update(turn_token="another")
        return ask(*args)

    with monkeypatch.context() as patch:
        patch.setattr(CleanlistClient, "import_csv", overtaken)
        stepped(run)
    assert Chunk.objects.first().state == ChunkState.SENDING
    Run.objects.update(turn_expires_at=None)
    run = worked(run)
    assert len(sandbox.ledger("row_imported")) == 4
