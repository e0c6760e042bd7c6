"""The end of a run, from its last answer on."""

from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment import services as enrichment
from imports.models import Chunk, ChunkState, ReadBack, Run, RunState
from imports.services import settling
from imports.services.sums import RowSums
from imports.services.turns import take_turn
from lists.models import KnownList
from people.models import AuditEntry, Notice
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db

NOWHERE = dict.fromkeys(["blank", "skipped", "failed", "unknown", "not_sent", "to_go"], 0)


def end(run: Run, *, is_as_approved: bool = True, **rows: int) -> RunState:
    """The end of a run of ten rows, of which so many did not go in."""
    counts = NOWHERE | rows
    sums = RowSums(**{"inside": 10, "imported": 10 - sum(rows.values())} | counts)
    return settling.end_of(run, sums, is_as_approved=is_as_approved)


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ({}, RunState.FINISHED),
        ({"skipped": 1}, RunState.FINISHED_WITH_SKIPS),
        ({"failed": 1}, RunState.FAILED),
        ({"unknown": 1}, RunState.FAILED),
        ({"not_sent": 1}, RunState.FAILED),
    ],
)
def test_it_ends_as_its_rows_tell(rows, ends):
    assert end(Run(), **rows) == ends


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ({"not_sent": 1}, RunState.CANCELLED),
        ({"not_sent": 1, "failed": 1}, RunState.FAILED),
        ({}, RunState.FINISHED),
    ],
)
def test_it_was_cancelled_only_if_that_kept_rows_back(rows, ends):
    assert end(Run(cancelled_by_id=1), **rows) == ends


def test_a_problem_is_no_good_end():
    assert end(Run(problem="The list is gone.")) == RunState.FAILED


def test_a_sum_that_does_not_hold_is_no_good_end():
    assert end(Run(), imported=9) == RunState.FAILED


@pytest.mark.parametrize(
    ("rows", "ends"),
    [
        ({}, RunState.NOT_AS_APPROVED),
        ({"skipped": 1}, RunState.NOT_AS_APPROVED),
        ({"failed": 1}, RunState.FAILED),
    ],
)
def test_it_says_that_it_was_not_as_approved_unless_there_is_worse(rows, ends):
    assert end(Run(), is_as_approved=False, **rows) == ends


@pytest.fixture
def run(alice) -> Run:
    """All of its rows are in the list, and nothing was enriched."""
    return with_chunks(made_run(alice, RunState.SETTLING), "done", rows=5)


def settled(run):
    with take_turn(run.pk) as turn:
        wait = settling.settle(run, turn)
    run.refresh_from_db()
    return wait


def test_it_has_the_list_asked_for_again(run):
    KnownList.objects.create(
        pk=run.list_id, name="Spring", folded_name="spring", detail_at=timezone.now()
    )
    assert settled(run) is None
    assert run.state == RunState.FINISHED
    assert KnownList.objects.get(pk=run.list_id).detail_at is None


def test_it_ends_what_was_taken_up_again_meanwhile_for_nobody(run):
    Run.objects.update(state=RunState.SENDING)
    settled(run)
    assert run.state == RunState.SENDING
    assert (AuditEntry.objects.count(), Notice.objects.count()) == (0, 0)


def test_it_looks_again_while_an_enrichment_is_open(run):
    workflow = enrichment.track(
        "bulk-enrich-1",
        list_id=run.list_id,
        enrichment_type="partial",
        total=5,
        credits_reserved=5,
    )
    Chunk.objects.update(workflow=workflow)
    assert settled(run) == settling.LOOK_AGAIN
    assert run.state == RunState.SETTLING


@pytest.mark.parametrize(
    ("state", "becomes"),
    [(RunState.CANCELLING, ChunkState.NOT_SENT), (RunState.SENDING, ChunkState.READY)],
)
def test_it_keeps_rows_back_only_while_the_run_is_cancelled(alice, state, becomes):
    run = with_chunks(made_run(alice, state), "ready")
    with take_turn(run.pk) as turn:
        settling.keep_back_the_rest(run, turn)
    assert Chunk.objects.get().state == becomes


def test_it_has_rows_named_that_were_skipped_without_a_name(alice):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", rows=40)
    Chunk.objects.update(rows_imported=20, rows_skipped=20, rows_named=10)
    with take_turn(run.pk) as turn:
        settling.all_sent(run, turn)
    run.refresh_from_db()
    assert (run.state, run.sent_at is None) == (RunState.SETTLING, False)
    assert ReadBack.objects.get().run == run
