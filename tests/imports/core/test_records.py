from __future__ import annotations

import csv
import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.dialect import Dialect
from imports.core.outcomes import Problem
from tests.imports.core.reading import cells_of, rows_of

HEAD = b"email,name,company\n"

text = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
tables = st.integers(2, 5).flatmap(
    lambda width: st.lists(st.lists(text, min_size=width, max_size=width), max_size=12)
)


def written(rows, **dialect) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, **{"lineterminator": "\r\n"} | dialect).writerows(rows)
    return out.getvalue().encode()


@given(tables)
def test_it_reads_back_any_table(rows):
    width = len(rows[0]) if rows else 2
    header = [f"h{n}" for n in range(width)]
    body = written([header, *rows], quoting=csv.QUOTE_ALL)
    assert cells_of(body) == rows


@given(st.lists(st.lists(st.sampled_from('a," \n;'), max_size=8).map("".join), max_size=30))
def test_it_never_loses_a_line_of_a_hostile_file(lines):
    body = "\n".join(["h1,h2", *lines]).encode()
    rows = rows_of(body)
    assert [row.number for row in rows] == list(range(2, len(rows) + 2))
    if rows:
        assert rows[-1].line <= body.count(b"\n") + 1


def test_it_reads_multi_line_cells_and_keeps_both_numbers():
    rows = rows_of(HEAD + b'a@x.com,"Ann\nLee",Acme\nb@x.com,Bob,Bolt\n')
    assert rows[0].cells == ["a@x.com", "Ann\nLee", "Acme"]
    assert (rows[1].number, rows[1].line) == (3, 4)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_it_reads_every_line_end(end):
    assert cells_of(HEAD.replace(b"\n", end) + b"a,b,c" + end + b"d,e,f") == [
        ["a", "b", "c"],
        ["d", "e", "f"],
    ]


def test_it_reads_mixed_line_ends():
    assert len(cells_of(HEAD + b"a,b,c\r\nd,e,f\rg,h,i\n")) == 3


@pytest.mark.parametrize("column", [0, 1, 2])
@pytest.mark.parametrize("place", [0, 5, 9])
def test_a_stray_quote_harms_no_other_row(column, place):
    rows = [[f"p{n}@x.com", "Ann, Lee" if n % 3 else "Ann", f"Acme {n}"] for n in range(10)]
    polluted = [written([row], lineterminator="\n") for row in rows]
    parts = polluted[place].split(b",")
    parts[-1 if column == 2 else column] = b'"' + parts[-1 if column == 2 else column]
    polluted[place] = b",".join(parts)
    read = rows_of(HEAD + b"".join(polluted))
    others = [row.cells for row in read if row.number != place + 2]
    assert others == rows[:place] + rows[place + 1 :]


def test_an_unclosed_quote_is_named_and_keeps_its_cells():
    row = rows_of(HEAD + b'a@x.com,"Ann,Acme\nb@x.com,Bob,Bolt\n')[0]
    assert row.problem is Problem.OPEN_QUOTE
    assert row.cells == ["a@x.com", '"Ann', "Acme"]


def test_an_unclosed_quote_in_the_header_is_literal():
    body = b'email,"name,company\na@x.com,Ann,Acme\nb@x.com,Bob,"Bolt, Inc"\n'
    assert cells_of(body)[1] == ["b@x.com", "Bob", "Bolt, Inc"]


def test_quotes_inside_a_quoted_cell_are_read_as_meant():
    assert cells_of(HEAD + b'a@x.com,"Ann "the" Lee",Acme\n') == [
        ["a@x.com", 'Ann "the" Lee', "Acme"]
    ]


def test_quotes_inside_a_multi_line_cell_are_read_as_meant():
    body = HEAD + b'a@x.com,"Ann "the"\nLee",Acme\nb@x.com,Bob,Bolt\n'
    assert cells_of(body) == [
        ["a@x.com", 'Ann "the"\nLee', "Acme"],
        ["b@x.com", "Bob", "Bolt"],
    ]


def test_backslashes_may_escape_quotes():
    body = HEAD + b'a@x.com,"Ann \\"the\\", Lee",Acme\nb@x.com,Bob,Bolt\n'
    assert cells_of(body)[0] == ["a@x.com", 'Ann "the", Lee', "Acme"]


def test_a_cell_that_swallowed_whole_rows_gives_them_back():
    body = HEAD + b'a@x.com,"Ann,Acme\nb@x.com,Bob,Bolt\nc@x.com,"Cy, C",Z\nd@x.com,D,E\n'
    assert [cells[0] for cells in cells_of(body)] == [
        "a@x.com",
        "b@x.com",
        "c@x.com",
        "d@x.com",
    ]


def test_a_space_may_stand_before_quotes():
    assert cells_of(b'a, b\n1, "x, y"\n2, "z"\n') == [["1", "x, y"], ["2", "z"]]


def test_zero_bytes_are_left_out():
    assert cells_of(HEAD + b"a\0@x.com,Ann,Acme\n")[0][0] == "a@x.com"


def test_a_row_with_too_many_cells_is_named():
    rows = rows_of(HEAD + b"a@x.com,Ann,Acme,Inc\nb@x.com,Bob,Bolt,\n")
    assert [row.problem for row in rows] == [Problem.EXTRA_CELLS, None]


def test_undecodable_bytes_are_named_and_harm_no_other_row():
    rows = rows_of(HEAD + "a@x.com,Zoë,Acme\n".encode() + b"b@x.com,Zo\xeb,Bolt\n")
    assert [row.problem for row in rows] == [None, Problem.UNDECODABLE]
    assert rows[1].cells[1] == "Zo\ufffd"


def test_a_ten_megabyte_cell_is_cut_and_named():
    rows = rows_of(HEAD + b"a@x.com," + b"x" * 10_000_000 + b",Acme\nb@x.com,Bob,Bolt\n")
    assert rows[0].problem is Problem.TOO_LONG
    assert len(rows[0].cells[1]) < 1_100_000
    assert rows[1].cells == ["b@x.com", "Bob", "Bolt"]


def test_a_ten_megabyte_quoted_cell_harms_no_other_row():
    rows = rows_of(HEAD + b'a@x.com,"' + b"x" * 10_000_000 + b'",Acme\nb@x.com,Bob,Bolt\n')
    assert rows[0].problem is Problem.TOO_LONG
    assert rows[-1].cells == ["b@x.com", "Bob", "Bolt"]


def test_a_quote_that_never_closes_costs_one_row_of_many():
    body = HEAD + b'a@x.com,"Ann,Acme\n' + b"b@x.com,Bob,Bolt\n" * 30_000
    rows = rows_of(body)
    assert len(rows) == 30_001
    assert [row.problem for row in rows if row.problem] == [Problem.OPEN_QUOTE]


@pytest.mark.parametrize("line", ['x"y,"z', '"', '""x"', ',"""', '"a,', 'a,"\'"b'])
def test_no_line_makes_reading_quadratic(line):
    body = HEAD + (line + "\n").encode() * (40_000 // (len(line) + 1))
    started = time.process_time()
    rows_of(body)
    assert time.process_time() - started < 3


def test_a_file_full_of_bare_inner_quotes_is_read_to_its_end():
    body = HEAD + b'a@x.com,"Ann "the" Lee of 12, High Street","Acme "and" Sons"\n' * 5_000
    assert not any(row.problem for row in rows_of(body))


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252", "gb18030"])
def test_it_reads_encodings(encoding):
    body = "email,name\na@x.com,Jürgen\n".encode(encoding, "replace")
    cells = cells_of(body, Dialect(encoding))
    assert cells[0][0] == "a@x.com"
