from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from imports.models import (
    Chunk,
    FoundLead,
    KeepReason,
    Purpose,
    ReadBack,
    ReadBackState,
    RunState,
)
from imports.services.around import around
from imports.services.undo_length import calls_ahead, length_of
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice):
    return with_chunks(made_run(alice, RunState.FINISHED), "done")


def undo_of(run, state, *, look=1, **facts) -> ReadBack:
    return ReadBack.objects.create(
        run=run, purpose=Purpose.UNDO, state=state, look=look, leads_total=1200, **facts
    )


def find(undo: ReadBack, number: int, *, look=1, **facts) -> None:
    chunk = Chunk.objects.get(run=undo.run)
    first = FoundLead.objects.count()
    FoundLead.objects.bulk_create(
        FoundLead(read_back=undo, look=look, chunk=chunk, row=n, lead_id=f"l{n}", **facts)
        for n in range(first, first + number)
    )


def test_a_look_reads_what_it_has_not_read(run):
    assert calls_ahead(undo_of(run, ReadBackState.READING, leads_read=500)) == 2


def test_nobody_knows_before_the_first_page(run):
    undo = undo_of(run, ReadBackState.READING)
    undo.leads_total = None
    assert (calls_ahead(undo), length_of(undo, around())) == (None, None)


def test_an_undo_agreed_to_reads_all_again_and_takes_out(run):
    undo = undo_of(run, ReadBackState.READ, leads_read=1200)
    find(undo, 250)
    assert calls_ahead(undo) == 3 + 3


def test_the_second_look_counts_what_the_first_one_found(run):
    undo = undo_of(run, ReadBackState.READING_AGAIN, look=2, leads_read=1000)
    find(undo, 250)
    find(undo, 120, look=2)
    assert calls_ahead(undo) == 1 + 3


def test_what_is_taken_out_is_behind_it(run):
    undo = undo_of(run, ReadBackState.REMOVING, look=2, leads_read=1200)
    find(undo, 200, look=1)
    find(undo, 100, look=2, removed_at=timezone.now())
    find(undo, 50, look=2, reason=KeepReason.ENRICHED)
    find(undo, 101, look=2)
    assert calls_ahead(undo) == 2


def test_it_takes_its_calls_at_the_rate_there_is(run, settings):
    settings.RATE_PER_KEY = 30
    undo = undo_of(run, ReadBackState.READ)
    undo.leads_total = 50_000
    assert timedelta(minutes=3) < length_of(undo, around()) < timedelta(minutes=4)
