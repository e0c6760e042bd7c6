from __future__ import annotations

import pytest

from web.words import count, counted, part_of


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 rows"), (1, "1 row"), (2_904, "2,904 rows"), (0.5, "0.5 rows")],
)
def test_it_counts_in_words(number, words):
    assert count(number, "row") == words


def test_it_takes_the_plural_it_is_given():
    assert (count(1, "batch", "batches"), count(2, "batch", "batches")) == (
        "1 batch",
        "2 batches",
    )


def test_it_makes_the_words_agree():
    assert counted(1, "was skipped", "were skipped") == "1 was skipped"
    assert counted(1_200, "was skipped", "were skipped") == "1,200 were skipped"


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [
        (488, 500, "488 of 500 rows are"),
        (1, 500, "1 of 500 rows is"),
        (0, 500, "0 of 500 rows are"),
        (0, 1, "0 of 1 row is"),
        (1, 1, "1 of 1 row is"),
    ],
)
def test_it_says_a_part_of_a_whole(part, whole, words):
    assert part_of(part, whole, "row") == words
