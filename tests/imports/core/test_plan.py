from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.plan import (
    Caps,
    Planner,
    encode_body,
    encode_row,
    file_row,
    pack_rows,
    plan_chunks,
    unpack_rows,
)

cell = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=9)
rows = st.lists(st.tuples(cell, cell), max_size=40)


def parsed(body: bytes):
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


@given(rows)
def test_a_body_reads_back_to_the_same_cells(records):
    body = encode_body(["email", "full_name"], records)
    assert parsed(body) == [["email", "full_name"], *map(list, records)]


@given(rows, st.integers(1, 7), st.integers(120, 300))
def test_chunks_hold_every_row_once_in_order_within_both_caps(records, max_rows, max_bytes):
    ready = list(enumerate(records, 2))
    chunks = list(plan_chunks(ready, ["email", "full_name"], max_rows, max_bytes))
    assert [row for chunk in chunks for row in chunk.rows] == [row for row, _ in ready]
    assert [c for chunk in chunks for c in parsed(chunk.body)[1:]] == [
        list(r) for r in records
    ]
    assert all(len(chunk.body) <= max_bytes for chunk in chunks)
    assert all(len(chunk.rows) <= max_rows for chunk in chunks)
    assert [chunk.number for chunk in chunks] == list(range(1, len(chunks) + 1))


@pytest.mark.parametrize(("count", "sizes"), [(599, [599]), (600, [600]), (601, [600, 1])])
def test_six_hundred_rows_are_the_most(count, sizes):
    ready = [(n, [f"p{n}@x.com"]) for n in range(2, count + 2)]
    chunks = list(plan_chunks(ready, ["email"], 600, 150_000))
    assert [len(chunk.rows) for chunk in chunks] == sizes


@pytest.mark.parametrize(("spare", "sizes"), [(1, [2]), (0, [2]), (-1, [1, 1])])
def test_bytes_are_counted_exactly_with_the_header(spare, sizes):
    records = [["ü" * 50], ["é" * 50]]
    limit = len(encode_body(["email"], records)) + spare
    chunks = list(plan_chunks(enumerate(records, 2), ["email"], 600, limit))
    assert [len(chunk.rows) for chunk in chunks] == sizes


def test_a_row_that_fits_no_call_is_refused():
    planner = Planner(["email"], Caps(600, 20))
    line = encode_row(["x" * 20])
    assert not planner.fits(line)
    with pytest.raises(ValueError, match="Row 7"):
        planner.add(7, line)


def test_the_same_rows_make_the_same_bytes():
    ready = [(n, [f"p{n}@x.com", 'a,"b"\r\n']) for n in range(2, 900)]
    twice = [list(plan_chunks(ready, ["email", "full_name"], 600, 9_000)) for _ in range(2)]
    assert twice[0] == twice[1]


def test_quotes_stand_only_where_needed():
    assert encode_row(["a b", "c,d", 'e"f', "g\rh", ""]) == b'a b,"c,d","e""f","g\rh",\n'


@given(st.sets(st.integers(1, 60)))
def test_packed_row_numbers_unpack(numbers):
    assert unpack_rows(pack_rows(sorted(numbers))) == sorted(numbers)


def test_runs_of_row_numbers_are_short():
    assert pack_rows([2, 3, 4, 7, 9, 10]) == "2-4,7,9-10"


def test_the_api_row_two_is_the_first_of_the_chunk():
    assert [file_row((5, 9), n) for n in (1, 2, 3, 4)] == [None, 5, 9, None]
