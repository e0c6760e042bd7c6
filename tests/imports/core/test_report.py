from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from imports.core.report import ProblemLine, guard, unguard, write_report

DANGEROUS = st.sampled_from([*"=+-@\t\r\n;\"' ＝＋1a"])


@given(st.text(max_size=20) | st.lists(DANGEROUS, max_size=8).map("".join))
def test_a_guarded_cell_comes_back_as_it_was(cell):
    assert unguard(guard(cell)) == cell


@pytest.mark.parametrize(
    "cell", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", " =1", "＝1+1", "\r1"]
)
def test_formulas_are_guarded(cell):
    assert guard(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["-5", "-1,200.50", "+49 (0)30 1234567", "a=b", "3%", ""])
def test_numbers_and_phones_stay_as_they_are(cell):
    assert guard(cell) == cell


@pytest.mark.parametrize(
    ("cell", "guarded"),
    [
        ('x;=HYPERLINK("http://evil")', 'x;\'=HYPERLINK("http://evil")'),
        ("x\t=1+1", "x\t'=1+1"),
        ("x\n@SUM(A1)", "x\n'@SUM(A1)"),
        ('x; "=1+1"', 'x;\' "=1+1"'),
        ("\t=1", "'\t'=1"),
        ("a; b=c", "a; b=c"),
    ],
)
def test_formulas_are_guarded_where_another_separator_would_begin_a_cell(cell, guarded):
    assert guard(cell) == guarded


# As a spreadsheet set to `separator` takes the bytes: quotes count only where a cell begins.
def cells_split_at(text, separator):
    cell, cells, is_quoted, at = "", [], False, 0
    while at < len(text):
        char = text[at]
        if is_quoted and text[at : at + 2] == '""':
            cell, at = cell + '"', at + 1
        elif char == '"' and (is_quoted or not cell):
            is_quoted = not is_quoted
        elif not is_quoted and char in (separator, "\n"):
            cells.append(cell.strip("\r"))
            cell = ""
        else:
            cell += char
        at += 1
    return [*cells, cell]


# A number or a phone; set to another separator, with the other cells of the row after a comma,
# which no formula goes on with.
NO_FORMULA = re.compile(r"""[+-][\d\s.,()/%-]+(,".*)?""", re.DOTALL)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@example(cells=["+1", ""])
@given(cells=st.lists(st.lists(DANGEROUS, max_size=8).map("".join), min_size=2, max_size=3))
def test_no_spreadsheet_finds_a_formula_in_the_file(separator, cells):
    line = ProblemLine(2, "unreadable_row", None, tuple(cells))
    text = b"".join(write_report(["a"] * len(cells), [line])).decode("utf-8-sig")
    for cell in cells_split_at(text, separator):
        bare = cell.strip()
        assert not bare.startswith(("=", "@", "＝", "＋")), cell
        assert not bare.startswith(("+", "-")) or NO_FORMULA.fullmatch(bare), cell


def test_every_cell_is_quoted():
    text = b"".join(write_report(["a"], [ProblemLine(2, "x", None, ("b",), "c")])).decode()
    assert text.splitlines()[1] == '"b","2","x","c"'


def lines_of(header, lines):
    text = b"".join(write_report(header, lines)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_writes_the_row_as_it_was_with_number_and_reason():
    line = ProblemLine(7, "duplicate_email", 3, ("a@x.com", "Ann"))
    header, row = lines_of(("email", "name"), [line])
    assert header == ["email", "name", "row", "reason", "why"]
    assert row[:4] == ["a@x.com", "Ann", "7", "duplicate_email"]
    assert row[4].endswith("That is row 3.")


def test_ragged_rows_keep_every_cell_and_the_columns_their_place():
    lines = [
        ProblemLine(2, "unreadable_row", None, cells) for cells in (("a",), ("a", "b", "c"))
    ]
    _, short, long = lines_of(("email", "name"), lines)
    assert short[:4] == ["a", "", "2", "unreadable_row"]
    assert (long[:4], long[5:]) == (["a", "b", "2", "unreadable_row"], ["c"])


def test_a_reason_it_does_not_know_has_no_words():
    _, row = lines_of(("email",), [ProblemLine(2, "new_reason", None, ("a",))])
    assert row == ["a", "2", "new_reason", ""]
