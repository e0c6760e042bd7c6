from __future__ import annotations

import pytest

from cleanlist_api.errors import Busy, NotFound
from imports.models import Chunk, ChunkState, Run, RunState
from imports.services import pausing
from imports.services.turns import take_turn
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice, tmp_path, settings, monkeypatch) -> Run:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    monkeypatch.setattr(pausing, "LONGEST_WAIT", 60.0)
    return started(alice, tmp_path, csv_of(1))


def waits(run, failures, **more):
    run.failures_in_a_row = failures
    with take_turn(run.pk) as turn, turn.writing() as write:
        return pausing.wait_for(write, run, Busy("Not now.", **more))


@pytest.mark.parametrize(("failures", "seconds"), [(0, 2), (1, 4), (4, 32), (5, 60), (99, 60)])
def test_it_waits_longer_after_each_failure(run, failures, seconds):
    assert waits(run, failures) == seconds


def test_it_waits_as_long_as_the_api_says(run):
    assert waits(run, 4, retry_after=7.0) == 7.0


def test_it_counts_the_failures_in_a_row(run):
    waits(run, 4)
    run.refresh_from_db()
    assert (run.failures_in_a_row, run.waiting_for) == (5, "Not now.")


@pytest.mark.parametrize("request_id", [None, "req_1"])
def test_a_run_that_cannot_go_on_waits_for_nothing_and_says_why(run, request_id):
    waits(run, 0)
    with take_turn(run.pk) as turn, turn.writing() as write:
        pausing.give_up(write, run, NotFound("The list is gone.", request_id=request_id))
    run.refresh_from_db()
    assert (run.state, run.waiting_for, run.problem) == (
        RunState.CANCELLING,
        "",
        "The list is gone.",
    )
    assert run.problem_request_id == (request_id or "")
    assert Chunk.objects.get().state == ChunkState.NOT_SENT
