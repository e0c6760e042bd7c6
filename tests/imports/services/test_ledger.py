from __future__ import annotations

import pytest

from imports.models import Chunk, LedgerRow
from imports.services import ledger, splitting
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def chunk(alice, tmp_path) -> Chunk:
    """Three rows that were not sent: 2, 3 and 4 of the file."""
    started(alice, tmp_path, csv_of(3))
    return Chunk.objects.get()


def emails(chunk):
    return [(row, values["email"]) for row, values in ledger.rows_of(chunk)]


def test_it_knows_each_row_by_its_number_in_the_file(chunk):
    assert emails(chunk) == [(n, f"ann{n - 1}@example.com") for n in (2, 3, 4)]


@pytest.mark.parametrize("numbers", ["2-3", "2-5"])
def test_it_guesses_no_row_of_a_body_with_more_or_fewer(chunk, numbers):
    chunk.row_numbers = numbers
    with pytest.raises(ValueError, match="zip"):
        ledger.lines_of(chunk)


def test_it_guesses_no_cell_of_a_row_with_more_or_fewer(chunk):
    _, *records = splitting.records_of(chunk)
    _, chunk.body.packed_csv = splitting.facts_of(["email", "city"], records, [2, 3, 4])
    with pytest.raises(ValueError, match="zip"):
        ledger.lines_of(chunk)


def test_a_skipped_row_has_no_line(chunk):
    assert [line.row for line in ledger.lines_of(chunk, {3})] == [2, 4]


def test_a_line_fits_what_databases_store(chunk):
    LedgerRow.objects.write(chunk, ledger.lines_of(chunk))
    stored = LedgerRow.objects.order_by("row").values_list("row", "key", "other_key", "whole")
    assert [tuple(line) for line in ledger.lines_of(chunk)] == list(stored)


@pytest.mark.parametrize(
    ("digest", "stored"), [(0, 0), (2**63 - 1, 2**63 - 1), (2**63, -(2**63)), (2**64 - 1, -1)]
)
def test_a_digest_of_64_bits_is_stored_with_a_sign(digest, stored):
    assert ledger._signed(digest) == stored
