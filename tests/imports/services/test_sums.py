from __future__ import annotations

from dataclasses import replace

import pytest

from imports.models import Chunk, ChunkState, RunState
from imports.services.progress import progress_of
from imports.services.sums import (
    RowSums,
    added_up,
    rows_among,
    rows_of,
    rows_of_each,
    skip_reasons_among,
    skip_reasons_of,
)
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db


def test_it_adds_up_the_same_in_the_database_and_here(alice):
    run = with_chunks(made_run(alice, RunState.SENDING), *ChunkState.values, rows=60)
    Chunk.objects.filter(state=ChunkState.DONE).update(
        rows_imported=50, rows_skipped=10, rows_undone=3
    )
    here = rows_among(run, list(Chunk.objects.filter(run=run).values()))
    assert here == rows_of(run)
    assert here.adds_up
    assert (here.imported, here.skipped, here.undone) == (50, 10, 3)
    assert (here.failed, here.unknown, here.not_sent, here.to_go) == (60, 60, 60, 180)


def test_it_tells_enriched_rows_from_those_imported_as_they_are(alice):
    states = [ChunkState.DONE, ChunkState.DONE, ChunkState.READY]
    run = with_chunks(made_run(alice, RunState.SENDING), *states, rows=60)
    Chunk.objects.filter(number__gt=1).update(enriches=False, rows_imported=60)
    here = rows_among(run, list(Chunk.objects.filter(run=run).values()))
    assert here == rows_of(run)
    assert (here.imported, here.enriched, here.as_they_are) == (120, 60, 60)


@pytest.mark.parametrize(
    "told, counted",
    [
        ({"duplicate_email": 10}, {"duplicate_email": 10}),
        ({}, {"skipped_by_api": 10}),
        ({"duplicate_email": 4}, {"duplicate_email": 4, "skipped_by_api": 6}),
    ],
)
def test_it_has_a_reason_for_every_row_the_api_skipped(alice, told, counted):
    run = with_chunks(made_run(alice, RunState.FINISHED), "done", rows=60)
    Chunk.objects.update(rows_imported=50, rows_skipped=10, skip_reasons=told)
    assert skip_reasons_of(run) == counted


NOTHING = RowSums(0, 0, 0, 0, 0, 0, 0, 0)
WHERE = ["blank", "imported", "skipped", "failed", "unknown", "not_sent", "to_go"]


@pytest.mark.parametrize("where", WHERE)
def test_a_row_anywhere_counts_once(where):
    assert replace(NOTHING, inside=3, **{where: 3}).adds_up
    assert not replace(NOTHING, inside=2, **{where: 3}).adds_up
    assert not replace(NOTHING, inside=4, **{where: 3}).adds_up


def test_a_row_that_is_asked_for_is_sent_and_has_no_answer():
    rows = replace(NOTHING, inside=10, to_go=10, asked=4)
    assert (rows.adds_up, rows.sent, rows.unsent) == (True, 4, 6)


def test_a_run_without_chunks_counts_what_the_check_found(alice):
    run = made_run(alice, RunState.CHECKED, rows_in=9, rows_blank=2, rows_skipped=7)
    assert added_up(run, {}) == replace(NOTHING, inside=9, blank=2, skipped=7, named=7)


def test_rows_that_the_check_left_out_are_named(alice):
    run = made_run(alice, RunState.CHECKED, rows_skipped=7)
    rows = added_up(run, {"skipped": 5, "named": 3})
    assert (rows.skipped, rows.named, rows.unnamed) == (12, 10, 2)


def test_it_counts_quotes_as_calls_too(alice):
    run = with_chunks(made_run(alice, RunState.FINISHED), "done", "done")
    Chunk.objects.update(attempts=2, quotes=3)
    assert progress_of(run).calls == 10


def test_it_counts_several_runs_by_their_plans_of_today(alice):
    runs = [with_chunks(made_run(alice, RunState.SENDING), "ready", "ready") for _ in range(2)]
    Chunk.objects.filter(run=runs[0], number=1).update(plan="older")
    rows = rows_of_each(runs)
    assert [rows[run.pk].to_go for run in runs] == [600, 1200]


def test_only_a_call_that_is_done_has_reasons(alice):
    run = made_run(alice, RunState.SENDING)
    chunk = {"rows_skipped": 3, "skip_reasons": {"duplicate_email": 3}}
    states = [ChunkState.DONE, ChunkState.UNKNOWN, ChunkState.RETRYING]
    chunks = [chunk | {"state": state} for state in states]
    assert skip_reasons_among(run, chunks) == {"duplicate_email": 3}
