from __future__ import annotations

import pytest

from bench.report import Figure, summary, table

ALONE = Figure("history", [29.0, 31.0, 28.0], "ms", 30)
BESIDE = Figure("a page", [10.0, 30.0, 10.0], "ms", 0.35, "Datasette", [40.0, 40.0, 20.0])


def test_it_judges_the_median_where_there_is_no_peer():
    assert ALONE.judged == 29
    assert ALONE.is_met


def test_it_judges_the_median_of_the_ratios_round_by_round():
    assert BESIDE.ratios == [0.25, 0.75, 0.5]
    assert BESIDE.judged == 0.5
    assert not BESIDE.is_met


@pytest.mark.parametrize(("goal", "is_met"), [(28.9, False), (29, True), (None, True)])
def test_it_meets_a_goal_that_it_equals_and_one_that_is_not_set(goal, is_met):
    assert Figure("history", [29.0], "ms", goal).is_met is is_met


def test_it_refuses_a_peer_of_other_rounds():
    with pytest.raises(ValueError, match="shorter"):
        Figure("a page", [1.0, 2.0], "ms", 1, "Datasette", [1.0]).judged  # noqa: B018


def test_it_prints_each_figure_beside_its_peer_and_goal():
    _, alone, beside = table([ALONE, BESIDE])
    assert alone.split() == ["history", "29", "ms", "28–31", "≤", "30", "met"]
    assert beside.split() == [
        *("a", "page", "10", "ms", "10–30", "Datasette", "40", "ms"),
        *("0.5x", "≤", "0.35x", "MISSED"),
    ]


def test_its_summary_counts_only_what_has_a_goal_and_names_what_was_missed():
    told = Figure("rows", [1.0])
    assert summary([ALONE, BESIDE, told]) == "1 of 2 goals met; missed: a page"
    assert summary([ALONE, told]) == "1 of 1 goals met"
