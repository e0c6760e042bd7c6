from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.figures import FORECAST_Z, Share, is_out_of_range, wilson

SHARES = st.integers(1, 5_000).flatmap(
    lambda of: st.floats(0, of).map(lambda part: Share(part, of))
)


# Newcombe, Statistics in Medicine 17 (1998), table I, method 3: the score interval.
@pytest.mark.parametrize(
    ("part", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_it_gives_the_published_intervals(part, of, low, high):
    found = wilson(part / of, of, FORECAST_Z)
    assert (found.low, found.high) == (
        pytest.approx(low, abs=5e-5),
        pytest.approx(high, abs=5e-5),
    )


@given(SHARES)
def test_it_stays_within_0_and_1_around_the_share(share):
    found = share.alarm_range
    assert 0 <= found.low <= share.value + 1e-12
    assert share.value - 1e-12 <= found.high <= 1


def test_it_knows_nothing_without_a_case():
    found = Share(0, 0).alarm_range
    assert (found.low, found.high) == (0, 1)


def test_it_reaches_the_ends_exactly():
    assert Share(0, 200).alarm_range.low == 0
    assert Share(200, 200).alarm_range.high == 1


def test_it_widens_the_range_for_a_small_rest():
    share = Share(20, 200)
    small, large = share.among(200), share.among(200_000)
    assert small.high / 200 > large.high / 200_000
    assert small.low / 200 < large.low / 200_000


def test_it_expects_nothing_of_no_rest():
    assert Share(20, 200).among(0).high == 0


@given(SHARES, st.integers(1, 100_000))
def test_it_expects_no_more_than_there_is(share, rest):
    expected = share.among(rest)
    assert 0 <= expected.low <= expected.high <= rest


def test_it_tells_another_kind_of_rows():
    assert is_out_of_range(Share(212, 600), [Share(0, 200)])


def test_it_takes_chance_for_chance():
    assert not is_out_of_range(Share(12, 600), [Share(0, 200)])


def test_it_is_content_with_any_of_the_accepted():
    assert not is_out_of_range(Share(212, 600), [Share(0, 200), Share(200, 600)])


def test_it_judges_nothing_by_nothing():
    assert not is_out_of_range(Share(600, 600), [])
