"""A chunk that is too large goes as two, and each carries what it says."""

from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from imports.models import Chunk, ChunkState
from imports.services import claims, splitting
from imports.services.turns import take_turn
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice, settings, tmp_path):
    """Five rows in a first chunk, and one in a second."""
    settings.CHUNK_MAX_ROWS = 5
    return started(alice, tmp_path, csv_of(6), EnrichmentType.PARTIAL, list_id="a-list")


def halved(run, **changes):
    Chunk.objects.filter(number=1).update(**changes)
    with take_turn(run.pk) as turn, turn.writing() as write:
        splitting.halve(write, Chunk.objects.get(number=1))
    return Chunk.objects.get(number=1), Chunk.objects.get(number=3)


def emails(run, chunk):
    _, *rows = claims.request_of(run, chunk).upload.csv.decode().splitlines()
    return [row.split(",")[2] for row in rows]


def test_each_half_sends_its_rows_and_no_other(run):
    first, second = halved(run)
    assert emails(run, first) == ["ann1@example.com", "ann2@example.com"]
    assert emails(run, second) == [f"ann{n}@example.com" for n in (3, 4, 5)]


def test_each_half_says_what_it_carries(run):
    first, second = halved(run)
    assert [(each.rows, each.row_numbers) for each in (first, second)] == [
        (2, "2-3"),
        (3, "4-6"),
    ]
    assert all(
        each.body_bytes == len(claims.request_of(run, each).upload.csv)
        for each in (first, second)
    )


def test_the_other_chunks_stay_as_they_were(run):
    before = Chunk.objects.get(number=2)
    halved(run)
    assert emails(run, Chunk.objects.get(number=2)) == ["ann6@example.com"]
    assert Chunk.objects.get(number=2).row_numbers == before.row_numbers
    assert Chunk.objects.count() == 3


def test_both_halves_start_without_a_key_and_have_a_quote_fetched(run):
    left = {"idempotency_key": "cp-1", "quote_id": "qte_1", "skips_quote": True}
    halves = halved(run, **left)
    assert {each.state for each in halves} == {ChunkState.READY}
    assert {(each.idempotency_key, each.quote_id, each.skips_quote) for each in halves} == {
        ("", "", False)
    }


@pytest.mark.parametrize("is_canary", [True, False])
def test_both_halves_of_a_test_batch_are_one(run, is_canary):
    halves = halved(run, is_canary=is_canary)
    assert [each.is_canary for each in halves] == [is_canary] * 2
