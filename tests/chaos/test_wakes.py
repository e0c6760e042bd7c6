"""A run never sleeps through what a person asks of it, and lets go when told to."""

from __future__ import annotations

import pytest
from django.utils import timezone

from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import sending, starting
from jobs import stopping
from tests.imports.files import csv_of, started, worked

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _uploads(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


def test_it_wakes_for_a_resume_that_came_while_it_went_to_sleep(
    sandbox, alice, tmp_path, monkeypatch
):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("unauthorized", path="csv-import")
    work = sending._work

    def work_until_paused_and_resumed(turn, until):
        wait = work(turn, until)
        assert starting.resume_run(Run.objects.get(), alice)
        return wait

    monkeypatch.setattr(sending, "_work", work_until_paused_and_resumed)
    sending.advance(run.pk)
    assert Run.objects.due(timezone.now()).exists()


def test_it_sends_no_further_chunk_once_its_worker_is_told_to_stop(
    sandbox, alice, tmp_path, settings, monkeypatch
):
    settings.CHUNK_MAX_ROWS = 5
    run = started(alice, tmp_path, csv_of(20))
    monkeypatch.setattr(stopping, "is_asked", lambda: bool(sandbox.calls("csv-import")))
    run = worked(run)
    states = list(Chunk.objects.order_by("number").values_list("state", flat=True))
    assert states == [ChunkState.DONE, *[ChunkState.READY] * 3]
    assert run.state == RunState.SENDING
    assert Run.objects.due(timezone.now()).exists()
