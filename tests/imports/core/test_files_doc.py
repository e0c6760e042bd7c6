from __future__ import annotations

from pathlib import Path

import pytest

from imports.core.encodings import ENCODINGS
from imports.core.outcomes import FIELDS, Problem, SkipReason

PAGE = (Path(__file__).parents[3] / "docs" / "files.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("word", [*ENCODINGS, *SkipReason, *Problem])
def test_the_page_about_files_names(word):
    assert f"`{word}`" in PAGE


@pytest.mark.parametrize("name", [*SkipReason, *Problem])
def test_it_has_words_for_a_person(name):
    assert name.words
    assert "_" not in name.words


def test_fields_have_labels():
    assert all(label and "_" not in label for label in FIELDS.values())


def test_every_encoding_is_one_python_knows():
    assert all("a".encode(name).decode(name) == "a" for name in ENCODINGS)
