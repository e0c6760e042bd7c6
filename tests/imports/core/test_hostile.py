"""Cells made to cost more than they are long. Lead files come from outsiders."""

from __future__ import annotations

import csv
import io
import time

import pytest

from imports.core import rows
from imports.core.columns import match_columns
from imports.core.matching import change_of, lead_keys, row_keys
from imports.core.plan import Caps
from imports.core.report import ProblemLine, guard, unguard, write_report
from imports.core.rows import linkedin_key
from tests.imports.core.reading import checked

HEADER = ["email", "linkedin_url", "phone", "company_name", "company_domain"]
SMALL, LARGE = 4_000, 32_000  # characters
# Eight times the length may cost eight times the time. What is quadratic costs 64 times.
MOST_TIMES = 24
UNMEASURABLE = 0.2  # seconds of processor time

PIECES = [
    *(
        "25",
        "%25",
        "%2%35",
        "%32%35",
        "/ ",
        "/\u00a0",
        "a://",
        "/in/",
        "in/ ",
        "?#",
        "http://www.",
    ),
    *('"', '""x', "'", " ", "\u200b", "\u00a0", "\n", "\t", ",", "=", "+1", "1.", "1E+", "("),
    *("a@", "a@b.", "e\u0301", "#N/A ", "-"),
]


def check_quoted(cell):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([HEADER, [cell] * 5, [cell] * 5])
    mapping = {field: at for at, field in enumerate(HEADER)}
    checked(text.getvalue().encode(), mapping, Caps(600, 10**7))


def check_bare(cell):
    body = "\n".join([",".join(HEADER), cell, cell, "a@x.com,,,,"])
    checked(body.encode(), {field: at for at, field in enumerate(HEADER)})


def match(cell):
    match_columns([cell, "Email"], [[cell, cell]] * 8)


def compare(cell):
    person = dict.fromkeys((*HEADER, "full_name", "job_title", "city"), cell)
    lead = {**person, "title": cell, "company": cell, "name": cell}
    change_of(person, lead), row_keys(person), lead_keys(lead)


def report(cell):
    b"".join(write_report([cell], [ProblemLine(2, "unreadable_row", None, (cell,))]))
    unguard(guard(cell))


def seconds(work, cell):
    started = time.thread_time()
    work(cell)
    return time.thread_time() - started


def cell_of(piece, size, end="x"):
    start = "%" if piece == "25" else "x"
    return start + piece * (size // len(piece)) + end


@pytest.mark.parametrize("end", ["", "x"])
@pytest.mark.parametrize("work", [check_quoted, check_bare, match, compare, report])
@pytest.mark.parametrize("piece", PIECES)
def test_a_long_cell_costs_time_in_proportion_to_its_length(work, piece, end):
    small, large = (cell_of(piece, size, end) for size in (SMALL, LARGE))
    short = min(seconds(work, small) for _ in range(2))
    assert seconds(work, large) <= max(MOST_TIMES * short, UNMEASURABLE)


@pytest.mark.parametrize("piece", [*PIECES, "%3235", "%2%3525"])
def test_the_key_of_a_profile_takes_few_steps(piece, monkeypatch):
    steps = []
    simpler = rows._simpler
    monkeypatch.setattr(
        rows, "_simpler", lambda text: steps.append(len(text)) or simpler(text)
    )
    linkedin_key(cell_of(piece, 1_900))
    linkedin_key(cell_of(piece, 1_900, ""))
    assert len(steps) <= 16


def test_no_key_is_made_of_what_no_address_is_long_enough_for(monkeypatch):
    monkeypatch.setattr(rows, "_simpler", pytest.fail)
    assert linkedin_key(" " + "X" * 3_000) == "x" * 3_000
