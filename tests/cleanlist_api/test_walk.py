from __future__ import annotations

import pytest

from cleanlist_api.errors import NeverEnds
from cleanlist_api.records import Lead, LeadPage
from cleanlist_api.walk import LEAST_GROWTH, check_that_it_ends


def page_of(leads: int, total: int, cursor: str | None) -> LeadPage:
    return LeadPage("list-1", tuple(Lead(str(n)) for n in range(leads)), total, cursor, None)


def test_it_goes_on_while_there_is_more():
    check_that_it_ends(page_of(500, 1_200, "b"), asked="a", read=500)


def test_it_is_content_with_the_last_page_whatever_came_before():
    check_that_it_ends(page_of(0, 0, None), asked="a", read=10**9)


def test_it_refuses_a_page_that_leads_to_itself():
    with pytest.raises(NeverEnds, match="leads back"):
        check_that_it_ends(page_of(500, 1_200, "a"), asked="a", read=0)


def test_it_refuses_an_empty_page_that_is_not_the_last():
    with pytest.raises(NeverEnds, match="leads back"):
        check_that_it_ends(page_of(0, 1_200, "b"), asked="a", read=500)


def test_it_lets_a_list_grow_while_it_is_read():
    check_that_it_ends(page_of(500, 1_000, "b"), asked="a", read=LEAST_GROWTH + 500)


def test_it_refuses_to_read_far_more_than_there_is():
    words = "says that there are 1,000, and gave 6,001"
    with pytest.raises(NeverEnds, match=words):
        check_that_it_ends(page_of(500, 1_000, "b"), asked="a", read=LEAST_GROWTH + 501)


def test_it_lets_a_list_shrink_while_it_is_read():
    check_that_it_ends(page_of(500, 10, "b"), asked="a", read=39_500, total=100_000)
