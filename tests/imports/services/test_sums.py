from __future__ import annotations

import pytest

from imports.models import Chunk, ChunkState, RunState
from imports.services.sums import rows_among, rows_of, skip_reasons_of
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
