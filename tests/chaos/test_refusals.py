"""The trial of forged refusals itself: it must not pass by seeing nothing."""

from __future__ import annotations

import pytest

from chaos import refusals
from chaos.refusals import CASES, REFUSALS, Tally, sampled
from chaos.refused import CONTROLS


def problems(tally, broken=()):
    tally.broken = {case: list(broken) for case in CASES}
    return list(refusals._problems(tally))


def test_it_passes_a_worker_that_breaks_nothing():
    assert problems(Tally("the portal's")) == []


def test_it_fails_when_a_promise_is_broken():
    said = problems(Tally("the portal's"), ["8 rows in twice"])
    assert said == [f"the portal's: {len(CASES)} of {len(CASES)} refusals break a promise."]


@pytest.mark.parametrize("control", CONTROLS, ids=[each.name for each in CONTROLS])
def test_it_fails_when_a_control_does_no_harm(control):
    assert problems(Tally(control.name, control), ["the sum of the rows does not hold"])


@pytest.mark.parametrize("control", CONTROLS, ids=[each.name for each in CONTROLS])
def test_it_knows_where_each_control_shows(control):
    assert len(refusals._shown(control)) == 1


def test_a_sample_as_large_as_all_is_all():
    assert sorted(map(str, sampled(100, seed=1))) == sorted(map(str, CASES))


@pytest.mark.parametrize("seed", range(5))
def test_a_sample_has_refusals_of_all_kinds(seed):
    some = sampled(8, seed)
    assert {case.lost for case in some} == set(refusals.LOST)
    assert {case.times for case in some} == {refusals.ONCE, refusals.FOR_EVER}
    assert len({case.refusal for case in some}) >= len(REFUSALS) // 2
