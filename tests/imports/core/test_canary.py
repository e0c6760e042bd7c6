from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imports.core.canary import MOST_DONORS, choose, donors_of, size_of

PLANS = st.lists(
    st.lists(st.integers(1, 5_000), min_size=1, max_size=60), min_size=1, max_size=MOST_DONORS
)


def taken(gifts):
    return [(gift.index, place) for gift in gifts for place in gift.places]


@pytest.mark.parametrize(
    ("rows", "size"), [(100_000, 200), (800, 200), (601, 150), (12, 3), (2, 1)]
)
def test_it_is_a_few_rows_of_the_plan(rows, size):
    assert size_of(rows) == size


def test_it_asks_every_chunk_of_a_small_plan():
    assert donors_of(3) == [0, 1, 2]


@given(st.integers(MOST_DONORS, 2_000))
def test_it_spreads_its_donors_over_a_large_plan(chunks):
    donors = donors_of(chunks)
    stretch = chunks / MOST_DONORS
    assert len(set(donors)) == MOST_DONORS
    assert all(abs(donor - (at + 0.5) * stretch) < 1 for at, donor in enumerate(donors))


def test_it_takes_rows_from_all_over_a_chunk():
    [gift] = choose([[1] * 600], 4, 150_000)
    assert gift.places == (75, 225, 375, 525)


def test_it_takes_from_each_chunk_by_its_size():
    gifts = choose([[1] * 600, [1] * 100], 175, 150_000)
    assert [len(gift.places) for gift in gifts] == [150, 25]


@given(PLANS, st.integers(1, 300), st.integers(1, 100_000))
def test_it_takes_no_row_twice_and_empties_no_chunk(weights, wanted, room):
    gifts = choose(weights, wanted, room)
    rows = taken(gifts)
    assert rows == sorted(set(rows))
    assert all(0 <= place < len(weights[index]) for index, place in rows)
    assert all(len(gift.places) < len(weights[gift.index]) for gift in gifts)


@given(PLANS, st.integers(1, 300), st.integers(1, 100_000))
def test_it_fits_into_one_call(weights, wanted, room):
    rows = taken(choose(weights, wanted, room))
    assert len(rows) <= wanted
    assert sum(weights[index][place] for index, place in rows) <= room


@given(PLANS, st.integers(1, 300))
def test_it_takes_what_is_wanted_where_there_is_room(weights, wanted):
    spare = sum(len(rows) - 1 for rows in weights)
    assert len(taken(choose(weights, wanted, 10_000_000))) == min(wanted, spare)


def test_it_has_nothing_to_take_from_chunks_of_one_row():
    assert choose([[90_000], [90_000]], 1, 149_000) == []
