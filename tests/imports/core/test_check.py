from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.check import VanishedColumn, check
from imports.core.dialect import Dialect
from imports.core.outcomes import Problem, SkipReason
from imports.core.plan import Caps, plan_chunks
from imports.core.rows import GIVEN, given_of
from tests.imports.core.reading import checked

HEAD = b"email,name,company\n"
MAPPING = {"email": 0, "full_name": 1, "company_name": 2}

pieces = st.sampled_from(
    ["a@x.com", "b@x.com", "Ann", "Acme", "", " ", ",", ",", '"', "\n", "x"]
)


@given(st.lists(pieces, max_size=60).map("".join))
def test_every_row_is_ready_blank_or_skipped(body):
    sums, skips, chunks = checked(HEAD + body.encode(), MAPPING)
    assert sums.rows_in == sums.blank + sums.ready + sums.skipped
    assert sums.skipped == len(skips) == sum(sums.skip_reasons.values())
    sent = [row for chunk in chunks for row in chunk.rows]
    assert len(sent) == sums.ready
    assert not set(sent) & {skip.number for skip in skips}
    assert sums.chunks == len(chunks)


PEOPLE = st.tuples(
    st.sampled_from(["", "n/a", "@"]),
    st.sampled_from(["", "-", "+1 555 0100"]),
    st.text("x", max_size=9),
)


@given(st.lists(PEOPLE, max_size=40), st.integers(1, 4), st.integers(70, 150))
def test_it_counts_the_calls_that_rows_apart_would_make(people, max_rows, max_bytes):
    fields = ["full_name", "email", "phone", "company_name"]
    rows = [
        [f"Ann {at}", f"a{at}@x.com" if email == "@" else "", phone, f"Acme{more}"]
        for at, (email, phone, more) in enumerate(people)
    ]
    body = "\n".join(map(",".join, [fields, *rows])) + "\n"
    mapping = {field: at for at, field in enumerate(fields)}
    caps = Caps(max_rows, max_bytes)
    chunks = []
    found = check(io.BytesIO(body.encode()), Dialect(), mapping, caps, on_chunk=chunks.append)
    header = list(csv.reader(io.StringIO(chunks[0].body.decode())))[0] if chunks else []
    sent = [r for c in chunks for r in list(csv.reader(io.StringIO(c.body.decode())))[1:]]
    for kind in GIVEN:
        apart: dict[bool, list[list[str]]] = {False: [], True: []}
        for row in sent:
            values = dict(zip(header, row, strict=True))
            apart[kind in given_of(values["email"], values["phone"])].append(row)
        calls = [
            len(list(plan_chunks(enumerate(apart[has]), header, max_rows, max_bytes)))
            for has in (False, True)
        ]
        assert list(found.calls_apart[kind]) == calls
        assert found.given[kind] == len(apart[True])


def test_it_tells_why_each_row_is_skipped():
    body = HEAD + b'a@x.com,Ann,\n,Bob,\n\nA@x.com,Cy,\nb@x.com,"Di,\nc@x.com,Ed,E,F\n'
    sums, skips, _ = checked(body, MAPPING)
    assert (sums.rows_in, sums.blank, sums.ready) == (6, 1, 1)
    assert [(skip.number, skip.reason, skip.column, skip.value) for skip in skips] == [
        (3, SkipReason.MISSING_REQUIRED, None, ""),
        (5, SkipReason.DUPLICATE_EMAIL, 0, "A@x.com"),
        (6, SkipReason.UNREADABLE_ROW, 1, '"Di'),
        (7, SkipReason.UNREADABLE_ROW, None, "F"),
    ]
    assert skips[1].first_row == 2


def test_a_skipped_row_keeps_its_cells_and_line():
    _, skips, _ = checked(HEAD + b'a@x.com,"Ann\nLee",\n,Bob,\n', MAPPING)
    assert (skips[0].number, skips[0].line) == (3, 4)
    assert skips[0].cells == ["", "Bob", ""]


def test_only_mapped_columns_are_sent_under_canonical_names():
    _, _, chunks = checked(HEAD + b" a@x.com ,Ann,Acme\n", {"company_name": 2, "email": 0})
    assert chunks[0].body == b"email,company_name\na@x.com,Acme\n"


def test_a_row_over_the_byte_cap_is_skipped_and_makes_no_duplicate():
    body = HEAD + b"a@x.com," + b"x" * 500 + b",\na@x.com,Ann,\n"
    sums, skips, _ = checked(body, MAPPING, Caps(600, 300))
    assert (sums.ready, skips[0].reason) == (1, SkipReason.ROW_TOO_LARGE)
    assert skips[0].field == "full_name"


def test_a_row_whose_email_stands_in_another_column_is_not_sent():
    _, skips, _ = checked(HEAD + b"Ann,,a@x.com,\nb@x.com,Bob\n", MAPPING)
    assert [(skip.number, skip.problem, skip.column) for skip in skips] == [
        (2, Problem.SHIFTED, 2)
    ]


def test_a_duplicate_names_the_row_and_not_the_line_of_the_first():
    body = HEAD + b'a@x.com,"Ann\n\nLee",\nb@x.com,Bob,\nb@x.com,Bob,\n'
    _, skips, chunks = checked(body, MAPPING)
    assert [(skip.number, skip.line, skip.first_row) for skip in skips] == [(4, 6, 3)]
    assert chunks[0].rows == (2, 3)


def test_a_row_that_fits_only_without_the_header_is_too_large():
    line = b"a@x.com,Ann,Acme\n"
    header = b"full_name,email,company_name\n"
    whole = len(header) + len(line)
    for cap, ready in ((whole, 1), (whole - 1, 0)):
        sums, _, chunks = checked(HEAD + line, MAPPING, Caps(600, cap))
        assert (sums.ready, len(chunks)) == (ready, ready)


def test_trailing_delimiters_do_no_harm():
    sums, _, _ = checked(HEAD + b"a@x.com,Ann,Acme,,\n", MAPPING)
    assert sums.ready == 1


def test_short_rows_lack_only_their_last_cells():
    _, _, chunks = checked(HEAD + b"a@x.com\n", MAPPING)
    assert chunks[0].body.endswith(b"\n,a@x.com,\n")


def test_a_header_alone_has_no_rows():
    sums, _, chunks = checked(HEAD, MAPPING)
    assert (sums.rows_in, chunks) == (0, [])


@pytest.mark.parametrize("column", [3, -1])
def test_a_mapping_to_a_vanished_column_is_refused(column):
    with pytest.raises(VanishedColumn) as refused:
        checked(HEAD, {"email": column})
    assert refused.value.field == "email"


def test_it_tells_its_progress_after_each_row():
    told: list[int] = []
    body = HEAD + b"a@x.com,Ann,\n" * 3
    check(io.BytesIO(body), Dialect(), MAPPING, Caps(), on_progress=told.append)
    assert told == [1, 2, 3]


def test_no_key_is_made_of_a_row_that_is_too_large(monkeypatch):
    monkeypatch.setattr("imports.core.rows.digest", pytest.fail)
    sums, _, _ = checked(b"email\n" + b"x" * 300 + b"@x.com\n", {"email": 0}, Caps(600, 200))
    assert sums.skip_reasons == {SkipReason.ROW_TOO_LARGE: 1}


def test_multi_byte_text_is_sent_as_utf_8():
    body = "email,name\na@x.com,田中\n".encode("cp932")
    _, _, chunks = checked(body, {"email": 0, "full_name": 1}, dialect=Dialect("cp932"))
    assert "田中" in chunks[0].body.decode()
