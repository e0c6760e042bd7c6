from __future__ import annotations

from cleanlist_api.budget import Lane, Prepaid, Unlimited


class Full(Unlimited):
    """A budget without a free slot that remembers what it was told."""

    def __init__(self):
        self.held = []

    def take(self, lane):
        return 5.0

    def hold(self, seconds):
        self.held.append(seconds)


def test_it_never_says_wait_without_a_limit():
    assert [Unlimited().take(lane) for lane in Lane] == [0.0] * 4


def test_it_lets_a_paid_call_go_and_charges_the_next():
    prepaid = Prepaid(Full())
    assert (prepaid.take(Lane.IMPORT), prepaid.take(Lane.IMPORT)) == (0.0, 5.0)


def test_it_passes_on_what_the_api_said():
    full = Full()
    Prepaid(full).hold(7.0)
    assert full.held == [7.0]
