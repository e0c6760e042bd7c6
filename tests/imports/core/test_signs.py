from __future__ import annotations

import pytest

from imports.core.signs import beyond_ascii, is_sign_in_place

IN_PLACE = [
    "O’Brien", "D’Souza", "d’angelo", "McDonald’s", "didn’t", "we’ll", "James’", "’24",
    "VP – EMEA", "2019–2020", "London–Paris", "asked — twice", "said “call me”",
    "the ‘big’ deal",
    "500€", "€500", "£ 500", "£2k", "¥900", "US$ or €", "• Ann", "© 2024", "and so on…", "2½",
    "Salesforce®", "Notion™", "Acme\u00a0Ltd", "§4", "20°", "20 °C", "5µm", "±5%", "«Acme»",
    "90 m²", "Nº 4", "¿Qué", "5×3",
]  # fmt: skip
OUT_OF_PLACE = [
    "Garc’a", "Mu–oz", "L—pez", "£ukasz", "PaweB³", "Na•ve", "JosŽ½n", "C™te", "©koda", "Zo‘",
    "M§nner", "Gda±sk", "M¢ller", "V\u00a0zquez", "¿ó³w", "M„nner", "Citt…a",
]  # fmt: skip


@pytest.mark.parametrize("text", IN_PLACE)
def test_signs_of_english_are_in_their_place(text):
    signs = [
        found for found in beyond_ascii(text) if not found[1].isalpha() or found[1] in "µº"
    ]
    assert signs
    assert all(is_sign_in_place(*found) for found in signs)


@pytest.mark.parametrize("text", OUT_OF_PLACE)
def test_letters_read_as_signs_are_not(text):
    assert not all(is_sign_in_place(*found) for found in beyond_ascii(text))


def test_only_the_line_of_a_sign_counts():
    assert list(beyond_ascii("a\n’b")) == [("", "’", "b")]
