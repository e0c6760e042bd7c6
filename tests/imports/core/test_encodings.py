from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.dialect import Dialect
from imports.core.encodings import ENCODINGS, MARK, MIXED, detect_encoding
from imports.core.outcomes import Problem
from imports.core.sniff import SAMPLE_BYTES, sniff_stream
from imports.forms import mapping
from tests.imports.core.reading import rows_of

GOOD = "a@x.com,Zoë Brontë\n".encode()
BAD = "b@x.com,Renée O’Neill\n".encode("cp1252")
HEAD = b"email,name\n"


def found(body: bytes):
    return detect_encoding(body, is_whole_file=True)


@pytest.mark.parametrize("counts", [(1, 1), (3, 1), (1, 3), (50, 1), (50, 40)])
def test_it_reads_utf_8_mixed_with_windows_1252(counts):
    body = HEAD + GOOD * counts[0] + BAD * counts[1]
    encoding = found(body)
    assert encoding.name == MIXED
    assert body.decode(MIXED).count("Zoë Brontë") == counts[0]
    assert body.decode(MIXED).count("Renée O’Neill") == counts[1]


def test_it_says_of_a_mixture_what_to_look_at():
    assert "mixes UTF-8 and Windows-1252: are “Renée” and “O’Neill”" in found(GOOD + BAD).note


def test_it_says_of_a_guess_what_to_look_at():
    assert found(HEAD + BAD).note == (
        "The encoding is a guess: are “Renée” and “O’Neill” written right?"
    )


def test_bytes_that_fit_nothing_leave_the_rest_utf_8():
    encoding = found(HEAD + GOOD * 9 + b"b@x.com,Zo\xc3,x\n")
    assert (encoding.name, encoding.note) == ("utf-8", "1 line is not valid UTF-8.")


def test_a_mixed_file_keeps_a_mark_where_bytes_are_neither():
    rows = rows_of(HEAD + GOOD + b"b@x.com,Zo\x8d\n", Dialect(MIXED))
    assert [row.problem for row in rows] == [None, Problem.UNDECODABLE]


@given(st.text(st.characters(exclude_categories=("Cs",)), max_size=50), st.integers(1, 9))
def test_mixed_reads_utf_8_as_utf_8_however_it_is_cut(text, size):
    body = text.encode()
    stream = io.TextIOWrapper(io.BytesIO(body), encoding=MIXED, newline="")
    stream._CHUNK_SIZE = size
    assert stream.read() == body.decode(MIXED) == text


@pytest.mark.parametrize("encoding", ["cp1252", "cp949", "big5"])
@pytest.mark.parametrize("place", [0, 1_000, 15_000])
def test_it_finds_the_only_name_of_a_large_file(encoding, place):
    name = {
        "cp1252": "Ann O’Brien",
        "cp949": "김철수 서울특별시",
        "big5": "林志玲 臺北市 陳怡君",
    }
    lines = [b"a@x.com,Bob Smith\n"] * 30_000
    lines[place] = f"b@x.com,{name[encoding]}\n".encode(encoding)
    assert sniff_stream(io.BytesIO(HEAD + b"".join(lines))).dialect.encoding == encoding


def test_names_beyond_the_head_help_to_tell_those_in_it():
    head = HEAD + "b@x.com,Mál\n".encode("cp1250") + b"a@x.com,Bob Smith\n" * SAMPLE_BYTES
    tail = "c@x.com,Łukasz Żółć z Gdańska\nd@x.com,Dvořák z Plzně\n".encode("cp1250") * 20
    assert sniff_stream(io.BytesIO(head + tail)).dialect.encoding == "cp1250"


def test_there_is_one_list_of_encodings():
    assert mapping.ENCODINGS is ENCODINGS


def test_no_two_encodings_look_the_same_to_a_person():
    assert len(set(ENCODINGS.values())) == len(ENCODINGS)


def test_a_mark_is_never_text():
    with pytest.raises(UnicodeEncodeError):
        MARK.encode()
