"""Which chunks of a run count, and which of them may leave."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from imports.models import Chunk, ChunkState, Run, RunState
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice) -> Run:
    return made_run(alice, RunState.SENDING)


def numbers(chunks):
    return list(chunks.values_list("number", flat=True))


def claimable(run):
    return numbers(Chunk.objects.claimable(run, timezone.now()))


def test_chunks_of_a_plan_that_was_made_anew_do_not_count(run):
    with_chunks(run, "ready", "ready")
    Chunk.objects.filter(number=1).update(plan="older")
    assert numbers(Chunk.objects.of_plan(run)) == [2]
    assert claimable(run) == [2]


def test_chunks_of_another_run_do_not_count(run, alice):
    with_chunks(made_run(alice, RunState.SENDING), "ready")
    assert claimable(run) == []


def test_only_what_is_open_may_leave_and_the_first_goes_first(run):
    with_chunks(run, *ChunkState.values)
    open_ones = [ChunkState.READY, ChunkState.SENDING, ChunkState.RETRYING]
    assert claimable(run) == [ChunkState.values.index(state) + 1 for state in open_ones]


@pytest.mark.parametrize(
    ("state", "goes"), [("ready", False), ("retrying", False), ("sending", True)]
)
def test_what_is_put_off_waits_unless_its_worker_has_died(run, state, goes):
    with_chunks(run, state)
    Chunk.objects.update(next_try_at=timezone.now() + timedelta(minutes=1))
    assert claimable(run) == ([1] if goes else [])


def test_before_the_word_on_a_test_batch_only_that_and_what_has_left_goes(run):
    Run.objects.update(canary=True)
    run.refresh_from_db()
    with_chunks(run, "ready", "ready", "sending")
    Chunk.objects.filter(number=2).update(is_canary=True)
    assert claimable(run) == [2, 3]
    run.figures_shown = [{"call": 2, "figures": {}}]
    assert claimable(run) == [1, 2, 3]
