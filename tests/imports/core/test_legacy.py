from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.encodings import detect_encoding
from imports.core.legacy import guess_legacy

PLAIN = [f"p{n}@example.com,Ann Lee,Acme {n},lead {n}" for n in range(40)]
SIGNED = [
    "O’Brien", "McDonald’s", "VP Sales – EMEA", "said “call me”", "500€", "£500", "• Ann",
    "© Acme", "and more…", "2½ days", "Salesforce®", "Notion™", "Acme\u00a0Ltd", "Macy’s",
]  # fmt: skip


def leads(*cells: str) -> str:
    """A list in plain English but for `cells`, each in a row of its own."""
    rows = [row.replace("Ann Lee", cell) for row, cell in zip(PLAIN, cells, strict=False)]
    return "\r\n".join(["email,name,company,note", *rows, *PLAIN[len(rows) :], ""])


def read(text: str, encoding: str) -> str:
    body = text.encode(encoding)
    return body.decode(detect_encoding(body, is_whole_file=True).name, "replace")


@pytest.mark.parametrize("count", [1, 3, 10])
@pytest.mark.parametrize("cell", SIGNED)
def test_it_reads_plain_english_whose_only_signs_are_typographic(cell, count):
    text = leads(*[cell] * count)
    assert read(text, "cp1252") == text


@pytest.mark.parametrize(
    "cells",
    [("José", "O’Neill"), ("Renée", "£500"), ("Zoë", "Notion™", "“x”"), ("SEÑORA", "€5")],
)
def test_it_reads_signs_beside_accents(cells):
    assert read(leads(*cells), "cp1252") == leads(*cells)


@pytest.mark.parametrize(
    ("encoding", "cells"),
    [
        ("mac-roman", ("Frédéric", "García", "Müller", "Núñez")),
        ("cp850", ("Frédéric", "García", "Müller", "Núñez")),
        ("cp1250", ("Brânză", "Pădurean", "Câmpeanu", "Mărăcine", "Văcaru")),
        ("cp1250", ("Łukasz Wójcik", "Małgorzata Żak", "Kraków")),
        ("cp1251", ("Иванов", "Наталья")),
        ("cp1253", ("Παπαδόπουλος", "Μαρία")),
        ("cp1254", ("Yılmaz", "Öztürk", "Doğan", "Şahin", "Çelik")),
        ("cp1257", ("Kęstutis Žukauskas", "Mindaugas Šimkūnas", "Agnė Kalvėnė", "Živilė")),
        ("cp932", ("田中太郎", "鈴木花子")),
        ("euc-jp", ("田中 みゆき", "鈴木 ガス株式会社")),
        ("gb18030", ("王小明", "李娜 有限公司")),
        ("big5", ("林志玲", "臺北市 有限公司", "陳怡君")),
        ("euc-kr", ("김철수", "서울특별시 이영희")),
    ],
)
def test_it_reads_names_in(encoding, cells):
    assert read(leads(*cells), encoding) == leads(*cells)


def test_it_is_less_sure_of_one_sign_than_of_ten():
    one, ten = (leads(*["O’Brien"] * count).encode("cp1252") for count in (1, 10))
    assert detect_encoding(one, is_whole_file=True).confidence < 0.5
    assert detect_encoding(ten, is_whole_file=True).confidence > 0.7


@given(st.binary(max_size=200))
def test_no_guess_is_sure(sample):
    encoding, confidence = guess_legacy(sample)
    assert 0 <= confidence <= 0.9
    sample.decode(encoding, "replace")


@given(st.sampled_from("’‘“”–—…€£¥¢•·©®™½§«»"), st.integers(0, 3), st.integers(0, 3))
def test_a_sign_of_windows_1252_makes_no_letter_of_another_script(sign, before, after):
    """Spaced off from words, as a person would set it."""
    text = leads(f"{'Ann Lee'[:before]} {sign} {'Bob'[:after]}")
    found = {char for char in read(text, "cp1252") if char > "\x7f"}
    assert all(ord(char) < 0x370 or not char.isalpha() for char in found)


def test_it_costs_little_however_much_there_is():
    started = time.process_time()
    guess_legacy("Łódź,".encode("cp1250") * 100_000)
    assert time.process_time() - started < 2
