from __future__ import annotations

import io

import pytest

from imports.core.dialect import Dialect
from imports.core.outcomes import UnreadableFile
from imports.core.table import read_table
from tests.imports.core.reading import rows_of


def test_it_numbers_rows_as_a_spreadsheet_does():
    rows = rows_of(b"email\na@x.com\n\nb@x.com\n")
    assert [(row.number, row.cells) for row in rows] == [
        (2, ["a@x.com"]),
        (3, []),
        (4, ["b@x.com"]),
    ]


def test_it_starts_after_the_header_row():
    table = read_table(io.BytesIO(b"Leads 2024\n\nemail\na@x.com\n"), Dialect(header_row=3))
    assert table.header == ("email",)
    assert [row.number for row in table] == [4]


def test_it_names_columns_where_there_is_no_header():
    table = read_table(io.BytesIO(b"a@x.com,Ann\nb@x.com,Bob\n"), Dialect(header_row=0))
    assert table.header == ("Column 1", "Column 2")
    assert [row.number for row in table] == [1, 2]


def test_it_leaves_out_the_line_that_names_the_separator():
    table = read_table(io.BytesIO(b"sep=;\na;b\n"), Dialect(delimiter=";", header_row=0))
    assert [(row.number, row.cells) for row in table] == [(2, ["a", "b"])]


def test_it_says_that_the_chosen_header_row_is_beyond_the_end():
    with pytest.raises(UnreadableFile, match="Row 9") as refused:
        read_table(io.BytesIO(b"email\n"), Dialect(header_row=9))
    assert refused.value.row == 9


def test_it_refuses_an_encoding_it_does_not_know():
    with pytest.raises(UnreadableFile, match="klingon"):
        read_table(io.BytesIO(b"email\n"), Dialect(encoding="klingon"))


def test_it_leaves_the_stream_open():
    stream = io.BytesIO(b"email\na@x.com\n")
    list(read_table(stream, Dialect()))
    stream.seek(0)
    assert list(read_table(stream, Dialect()))


def test_it_drops_a_byte_order_mark_whatever_the_encoding_is_called():
    table = read_table(io.BytesIO("\ufeffemail\n".encode()), Dialect("utf-8"))
    assert table.header == ("email",)


def test_it_refuses_more_columns_than_any_spreadsheet_has():
    with pytest.raises(UnreadableFile, match="20,001 columns"):
        read_table(io.BytesIO(b"a" + b",a" * 20_000 + b"\n"), Dialect())
