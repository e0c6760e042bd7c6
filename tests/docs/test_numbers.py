"""Numbers that a page gives in words are those of the code."""

from __future__ import annotations

import pytest

from imports.services import answers, claims, noting, pieces, removing
from tests.docs.tables import page

WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
ORDINALS = ("", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
LIFE = "docs/import-lifecycle.md"
TOLD = [
    (LIFE, f"the {ORDINALS[answers.MOST_FAULTS]} leaves the chunk `unknown`"),
    (LIFE, f"any other refusal | chunk `failed`; {WORDS[answers.MOST_REFUSALS]} in a row"),
    (LIFE, f"Later than {claims.REPLAY_WINDOW.total_seconds() / 3600:.0f} hours"),
    (LIFE, f"Over {noting.MOST_CALLS_UNASKED} calls it is done only if"),
    (LIFE, f"begins the noting anew, {WORDS[noting.MOST_STARTS]} times at most"),
    (LIFE, f"in pieces of {pieces.PIECE:,} rows"),
    (LIFE, f"{removing.REMOVED_A_CALL} a call"),
]


@pytest.mark.parametrize(("document", "words"), TOLD)
def test_it_gives_the_number_of_the_code(document, words):
    assert words in " ".join(page(document).split())
