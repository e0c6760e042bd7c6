from __future__ import annotations

import pytest

from imports.core.quoting import TolerantReader


def reader() -> TolerantReader:
    return TolerantReader(",", '"', effort=10_000, refill=0)


@pytest.mark.parametrize(
    ("text", "width", "cells"),
    [
        ('"Acme "Best" Inc",x', 2, ['Acme "Best" Inc', "x"]),
        ('"Acme "Best", Inc",x', 2, ['Acme "Best", Inc', "x"]),
        ('a,"Round 48"",b', 3, ["a", 'Round 48"', "b"]),
        ('a,"Round 48\\"",b', 3, ["a", 'Round 48"', "b"]),
        ('""These, x","y"', 2, ['"These, x', "y"]),
        ('"a ""q"" b"x",c', 2, ['a "q" b"x', "c"]),
        ('"a","b"', 0, ["a", "b"]),
        ("", 1, [""]),
    ],
)
def test_it_reads_quotes_inside_cells(text, width, cells):
    reading = reader().read(text, width)
    assert reading is not None
    assert (reading.cells, reading.is_stray) == (cells, False)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ('a,"b,c', ["a", '"b', "c"]),
        ('a,b,"', ["a", "b", '"']),
        ('"TIME,Qty,"Desc"', ['"TIME', "Qty", "Desc"]),
    ],
)
def test_it_takes_a_stray_quote_for_a_character(text, cells):
    reading = reader().read(text, 3)
    assert reading is not None
    assert (reading.cells, reading.is_stray) == (cells, True)


def test_it_gives_up_where_no_reading_has_the_width():
    assert reader().read('a,"b', 5) is None


def test_it_gives_up_when_its_effort_is_spent():
    tired = TolerantReader(",", '"', effort=0, refill=1)
    assert tired.read('a,"b"c', 2) is None
    tired.refill(1_000)
    assert tired.read('a,"b"c', 2) is not None
