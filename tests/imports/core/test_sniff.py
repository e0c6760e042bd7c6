from __future__ import annotations

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.outcomes import UnreadableFile
from imports.core.sniff import SAMPLE_BYTES, sniff, sniff_stream
from tests.imports.core.reading import sniffed

ROWS = [
    ["email", "name", "note"],
    ["a@x.com", "Ann", "hello, you"],
    ["b@x.com", "Bob", "x; y"],
]


def joined(delimiter: str, quote: str = "") -> bytes:
    return "".join(
        delimiter.join(f"{quote}{cell}{quote}" for cell in row) + "\n" for row in ROWS
    ).encode()


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_it_finds_delimiter_and_quote(delimiter, quote):
    dialect = sniffed(joined(delimiter, quote))
    assert (dialect.delimiter, dialect.quotechar) == (delimiter, quote)


def test_it_honours_the_line_that_names_the_separator():
    dialect = sniffed(b"sep=|\r\nemail|name\r\na@x.com|Ann\r\n")
    assert (dialect.delimiter, dialect.header_row) == ("|", 2)


def test_decimal_commas_do_not_make_a_comma_file():
    assert sniffed(b"a;b;c\n1,5;2,5;x\n3,5;4,5;y\n").delimiter == ";"


def test_a_list_of_one_column_has_the_comma():
    assert sniffed(b"email\na@example.com\nb@example.com\n").delimiter == ","


def test_it_finds_the_header_under_title_lines():
    body = (
        b"Leads of 2024\nExported by Ann, 3 March\n\nEmail,Name,Company,City\na@x.com,A,B,C\n"
    )
    assert sniffed(body).header_row == 4


def test_it_sees_that_there_is_no_header():
    assert sniffed(b"Ann,Lee,ann@x.com\nBob,Bo,bob@x.com\n").header_row == 0


def test_a_header_alone_is_a_header():
    assert sniffed(b"First name,Last name,Email\n").header_row == 1


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32"),
        ("cp1252", "cp1252"),
        ("mac-roman", "mac-roman"),
    ],
)
def test_it_finds_the_encoding(encoding, name):
    body = "email,name\na@x.com,Jürgen Müßig\nb@x.com,Zoë Brontë\n" * 3
    assert sniffed(body.encode(encoding)).encoding == name


def test_a_character_cut_by_the_sample_is_no_damage():
    body = ("email,name\n" + "a@x.com,Zoë\n" * 10).encode()
    cut = body[: body.rindex("ë".encode()) + 1]
    assert sniff(cut, is_whole_file=False).dialect.encoding == "utf-8"


def test_it_finds_accents_beyond_the_sample():
    plain = b"email,name\n" + b"a@x.com,Bob Smith\n" * (SAMPLE_BYTES // 10)
    body = plain + "b@x.com,Jürgen Müller\n".encode("cp1252") + b"c@x.com,Cy\n" * 9_000
    assert sniff_stream(io.BytesIO(body)).dialect.encoding == "cp1252"


def test_a_few_broken_bytes_do_not_make_utf_8_something_else():
    body = "email,name\n" + "a@x.com,Zoë Brontë\n" * 50
    assert sniffed(body.encode() + b"b@x.com,Zo\xc3,\n").encoding == "utf-8"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"\n \r\n\t", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"PK\x03\x04" + b"\0" * 30, "ZIP"),
        (b"PK\x03\x04....[Content_Types].xml", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x1f\x8b\x08", "gzip"),
        (b'[{"email": "a@x.com"}]', "JSON"),
        (b"<!DOCTYPE html><table>", "web page"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"a,b\n" + b"\0" * 100, "not a text file"),
    ],
)
def test_it_names_what_is_not_a_table(body, words):
    with pytest.raises(UnreadableFile, match=words):
        sniffed(body)


@given(st.binary(max_size=300))
def test_it_raises_nothing_but_unreadable_file(body):
    try:
        result = sniff(body, is_whole_file=True)
    except UnreadableFile:
        return
    assert 0 <= result.confidence <= 1
    assert "".encode(result.dialect.encoding) is not None


@pytest.mark.parametrize(
    "piece", ['"', "'", ",", '",', "'\",", "a\"'b", ",;\t|", "é", "\"'\n", "='\"|\n", "((("]
)
def test_it_does_not_hang_on_hostile_bytes(piece):
    body = (piece * 16_000).encode()[:16_000]
    started = time.process_time()
    sniff(body, is_whole_file=True)
    assert time.process_time() - started < 1
