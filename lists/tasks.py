"""What workers do for lists, round after round."""

from __future__ import annotations

from jobs.periodic import every
from lists import sync


@every(2.0, "learn list details", is_due=sync.is_detail_due)
def learn_list_details() -> None:
    sync.learn_details()


@every(5.0, "walk over all lists", is_due=sync.is_walk_due)
def walk_over_lists() -> None:
    sync.walk_on()
