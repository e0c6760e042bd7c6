from __future__ import annotations

import pytest

from cleanlist_api import errors
from cleanlist_api.retry import may_retry, pause


@pytest.mark.parametrize(
    ("error", "repeatable", "answer"),
    [
        (errors.Unreachable("cut"), True, True),
        (errors.Unreachable("cut", outcome_unknown=True), True, True),
        (errors.Unreachable("cut", outcome_unknown=True), False, False),
        (errors.Unreachable("refused"), False, True),
        (errors.Busy("429", status=429), False, True),
        (errors.ServerFault("500", outcome_unknown=True), False, False),
        (errors.ServerFault("500", retryable=False), True, False),
        (errors.OverBudget("ours"), True, False),
        (errors.NotSignedIn("401"), True, False),
        (errors.Conflict("409", retryable=True), True, True),
    ],
)
def test_it_decides(error, repeatable, answer):
    assert may_retry(error, repeatable=repeatable) is answer


def test_it_doubles_its_pauses_up_to_eight_seconds():
    error = errors.Unreachable("cut")
    pauses = [pause(error, failures, 0.0) for failures in range(1, 8)]
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]


def test_it_takes_up_to_half_of_a_pause_away():
    assert pause(errors.Unreachable("cut"), 1, 1.0) == 0.25


def test_it_obeys_the_servers_wait_to_the_second():
    assert pause(errors.Busy("503", retry_after=37.0), 1, 1.0) == 37.0


def test_it_waits_a_minute_where_a_429_does_not_say():
    assert pause(errors.Busy("429", status=429), 1, 0.5) == 60.0


def test_it_does_not_hammer_where_a_429_says_zero():
    assert pause(errors.Busy("429", status=429, retry_after=0.0), 1, 0.0) == 0.5
