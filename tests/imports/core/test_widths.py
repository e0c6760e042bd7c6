from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.dialect import Dialect
from imports.core.outcomes import Problem
from tests.imports.core.reading import checked, rows_of

HEAD = b"First,Last,Company,Job Title,City,Notes\n"
MAPPING = {"first_name": 0, "last_name": 1, "company_name": 2, "job_title": 3, "city": 4}


def person(n: int) -> str:
    return f"Ann{n},Lee,Acme {n},CEO,Berlin,{'' if n % 3 else 'met'}"


def file(rows: list[str]) -> bytes:
    return HEAD + "".join(f"{row}\n" for row in rows).encode()


def shifted(body: bytes) -> list[int]:
    return [row.line for row in rows_of(body) if row.problem is Problem.SHIFTED]


@pytest.mark.parametrize(
    "odd",
    [
        "Ann,,Lee,Acme,CEO,Berlin,",  # a delimiter too many, and a blank cell at the end
        "Ann,Lee,Acme, Inc.,CEO,Berlin,",  # an unquoted comma
        "Ann,Lee Acme,CEO,Berlin,",  # a delimiter lost
        "Ann;Lee;Acme;CEO;Berlin;",  # another delimiter
        "Ann,Lee,Acme",  # a line broken in two
    ],
)
@pytest.mark.parametrize("place", [0, 20, 39])
def test_a_row_of_another_width_than_all_others_is_damaged(odd, place):
    rows = [person(n) for n in range(40)]
    rows[place] = odd
    assert shifted(file(rows)) == [place + 2]


def test_such_a_row_is_named_and_not_sent():
    rows = [person(n) for n in range(40)]
    for place in (10, 20, 30):
        rows[place] = "Ann,Lee,Acme, Inc.,CEO,us,"
    sums, skips, _ = checked(file(rows), MAPPING)
    assert (sums.ready, [skip.line for skip in skips]) == (37, [12, 22, 32])
    assert {skip.problem for skip in skips} == {Problem.SHIFTED}


def test_short_rows_are_read_where_many_leave_out_their_last_cells():
    rows = [person(n).rstrip(",") for n in range(40)]
    assert shifted(file(rows)) == []


def test_a_block_of_short_rows_as_excel_writes_it_is_read():
    rows = [person(n) for n in range(400)]
    rows[160:176] = [row[: row.rindex(",")] for row in rows[160:176]]
    assert shifted(file(rows)) == []


def test_few_rows_prove_nothing():
    assert shifted(file([*map(person, range(9)), "Ann,Lee,Acme"])) == []
    assert shifted(file([*map(person, range(10)), "Ann,Lee,Acme"])) == [12]


def test_blank_rows_of_any_width_stay_blank():
    rows = [*map(person, range(20)), "", ",,,,,,,,", "  "]
    assert checked(file(rows), MAPPING)[0].blank == 3


def test_rows_as_wide_as_the_header_are_sound_where_others_leave_out_a_cell():
    rows = [f"Ann{n},Lee,Acme,CEO,Berlin" for n in range(40)]
    assert shifted(file([*rows, "Bob,Bo,Bolt,CTO,Bonn,met"])) == []


def test_it_stops_where_the_rest_of_the_file_is_written_otherwise():
    rows = [person(n) for n in range(1_500)]
    rows[1_200:] = [
        row if n % 2 else row[: row.rindex(",")] for n, row in enumerate(rows[1_200:])
    ]
    assert 0 < len(shifted(file(rows))) <= 150


def test_without_a_header_the_columns_are_those_of_nearly_all_rows():
    body = b"Ann,Lee\n" + b"Bob,Bo,Bolt\n" * 20
    rows = rows_of(body, Dialect(header_row=0))
    assert [row.problem for row in rows[:2]] == [Problem.SHIFTED, None]


@given(
    st.lists(st.sampled_from([5, 6, 6, 6, 7]), min_size=1, max_size=80),
    st.sampled_from(["x", ""]),
)
def test_whatever_is_marked_no_cell_of_any_row_changes(widths, last):
    rows = [",".join([f"a{n}", *["x"] * (width - 2), last]) for n, width in enumerate(widths)]
    read = rows_of(file(rows))
    assert [row.cells for row in read] == [row.split(",") for row in rows]
    sound = [row for row in read if len(row.cells) == 6]
    assert widths.count(6) < 0.9 * len(widths) or not any(row.problem for row in sound)


@given(st.integers(10, 60), st.data())
def test_the_other_rows_go_whatever_is_done_to_one(count, data):
    rows = [person(n) for n in range(count)]
    place = data.draw(st.integers(0, count - 1))
    cut = data.draw(st.integers(0, len(rows[place])))
    rows[place] = rows[place][:cut] + data.draw(st.sampled_from([",", ",,", ";", ""])) + "x"
    sums, skips, chunks = checked(file(rows), MAPPING)
    sent = {row for chunk in chunks for row in chunk.rows}
    assert {n + 2 for n in range(count) if n != place} <= sent
