"""Time and keys: hours between two attempts, another version, an old backup; F36 to F41."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from imports.models import Chunk, ChunkState, RunState
from imports.models import Run as Runs
from imports.services import claims
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db(transaction=True)
HOUR = timedelta(hours=1)


def with_a_lost_answer(sandbox, alice, folder):
    run = stepped(started(alice, folder, csv_of(5)))
    sandbox.fault("cut_after", path="csv-import")
    return stepped(run)


@pytest.mark.parametrize(
    ("age", "state"),
    [
        (23 * HOUR - timedelta(minutes=6), ChunkState.DONE),
        (23 * HOUR + timedelta(seconds=1), ChunkState.UNKNOWN),
        (24 * HOUR + timedelta(seconds=1), ChunkState.UNKNOWN),
    ],
)
def test_f36_f37_it_asks_again_only_while_the_api_knows_the_key(
    sandbox, alice, tmp_path, age, state
):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    Chunk.objects.update(first_sent_at=timezone.now() - age, next_try_at=None)
    worked(run)
    assert Chunk.objects.get().state == state
    assert len(sandbox.ledger("row_imported")) == 5


def test_f36_it_finds_out_a_portal_that_asks_for_ever(sandbox, alice, tmp_path, monkeypatch):
    monkeypatch.setattr(claims, "REPLAY_WINDOW", 100 * HOUR)
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    sandbox.advance(25 * 3600)
    Chunk.objects.update(first_sent_at=timezone.now() - 25 * HOUR, next_try_at=None)
    worked(run)
    assert len(sandbox.ledger("row_imported")) == 10


def test_f39_it_sends_the_stored_bytes_after_a_change_of_the_caps(
    sandbox, alice, tmp_path, settings
):
    run = with_a_lost_answer(sandbox, alice, tmp_path)
    settings.CHUNK_MAX_ROWS, settings.CHUNK_MAX_BYTES = 2, 100
    Chunk.objects.update(next_try_at=None)
    run = worked(run)
    sent = {call["body_sha256"] for call in sandbox.calls("csv-import")}
    assert (run.state, len(sent)) == (RunState.FINISHED, 1)


@pytest.mark.parametrize("kind", [EnrichmentType.OFF, EnrichmentType.PARTIAL])
def test_f40_an_old_backup_makes_the_same_key_again(sandbox, alice, tmp_path, kind):
    run = stepped(started(alice, tmp_path, csv_of(5), kind))
    backup = Chunk.objects.values().get(), Runs.objects.values().get()
    worked(run)
    Chunk.objects.update(**backup[0])
    Runs.objects.update(**backup[1])
    Workflow.objects.all().delete()
    worked(run)
    assert len(sandbox.calls("csv-import")) == 2
    assert len(sandbox.ledger("row_imported")) == 5
    assert len(sandbox.ledger("workflow_started")) == (kind != EnrichmentType.OFF)
    assert Chunk.objects.get().replayed
