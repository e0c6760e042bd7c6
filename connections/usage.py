"""What calls and credits go into, as rows for the credits page."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from cleanlist_api.budget import Lane
from cleanlist_api.prices import PER_LEAD
from connections.clients import budget

_LANE_WORDS = {
    Lane.PAGE: ("People", "Pages and their buttons; they come first"),
    Lane.IMPORT: ("Imports", "Batches of CSV files; two slots always come free for people"),
    Lane.POLL: ("Enrichment progress", "A fifth of the calls at most"),
    Lane.SYNC: ("Background copies", "Only what nobody else needs"),
}


@dataclass(frozen=True)
class LaneBar:
    """Calls of one lane in the last minute; `percent` is of the key's limit."""

    name: str
    hint: str
    calls: int
    percent: int


@dataclass(frozen=True)
class Price:
    """What enriching one lead costs at most. What is not found is not charged."""

    name: str
    finds: str
    credits: int


def lane_bars() -> list[LaneBar]:
    limit = settings.RATE_PER_KEY
    return [
        LaneBar(*_LANE_WORDS[lane], calls, min(100, round(100 * calls / limit)))
        for lane, calls in budget().calls_by_lane().items()
    ]


def price_list() -> list[Price]:
    """The prices of the API by enrichment type. (docs/api-contract.md, "Prices")"""
    return [
        Price(
            "E-mail and company", "E-mail, LinkedIn, title and company", PER_LEAD["partial"]
        ),
        Price("Phone only", "Phone number", PER_LEAD["phone_only"]),
        Price("E-mail, company and phone", "Everything above", PER_LEAD["full"]),
        Price("No enrichment", "The rows as they are in the file", 0),
    ]
