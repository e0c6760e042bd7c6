"""Reading page by page to the end, and never in a circle.

The API's places are opaque and nothing in the contract bounds how many follow one another, so
an answer that leads back would be read for ever, each page at the cost of a call.
"""

from __future__ import annotations

from cleanlist_api.errors import NeverEnds
from cleanlist_api.records import LeadPage, ListPage

# By so much what is read may grow or shrink while somebody reads it.
MOST_GROWTH = 0.5
LEAST_GROWTH = 5_000


def check_that_it_ends(
    page: LeadPage | ListPage, *, asked: str | None, read: int, total: int = 0
) -> None:
    """Raise NeverEnds if reading on from `page` would go on for ever.

    `asked`: the place the page was asked for. `read`: leads (or lists) read before it.
    `total`: the most an earlier page said there are, where that was kept.
    """
    if page.cursor is None:
        return
    count = len(page.leads if isinstance(page, LeadPage) else page.lists)
    most = max(total, page.total)
    if page.cursor == asked or not count:
        raise NeverEnds("The Cleanlist API's answer leads back to where it was asked.")
    if read + count > most + max(MOST_GROWTH * most, LEAST_GROWTH):
        raise NeverEnds(
            f"The Cleanlist API says that there are {most:,}, and gave {read + count:,} "
            "without coming to an end."
        )
