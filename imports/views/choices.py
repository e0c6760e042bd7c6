"""The enrichment an import may ask for, as cards with the price for its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import already_given, most_credits
from web.words import count, part_of


@dataclass(frozen=True)
class Option:
    """For components/radio_cards.html."""

    value: str
    label: str
    hint: str
    checked: bool


_EACH = {
    EnrichmentType.PARTIAL: "{price} for each e-mail found",
    EnrichmentType.PHONE_ONLY: "{price} for each phone found",
    EnrichmentType.FULL: "{price} where both are found",
}

_HAVE = {
    EnrichmentType.PARTIAL: "an e-mail",
    EnrichmentType.PHONE_ONLY: "a phone",
    EnrichmentType.FULL: "both",
}


def enrichment_options(
    chosen: EnrichmentType, rows: int, given: Mapping[str, int]
) -> list[Option]:
    """Each with the most it costs for the `rows` that would be sent, and how many of them
    have what it finds; `given` as the check counted them."""
    return [
        Option(kind.value, str(kind.label), _hint(kind, rows, given), kind == chosen)
        for kind in EnrichmentType
    ]


def _hint(kind: EnrichmentType, rows: int, given: Mapping[str, int]) -> str:
    if kind == EnrichmentType.OFF:
        return "Free"
    most = count(most_credits(rows, kind), "credit")
    price = f"Up to {most}, {_EACH[kind].format(price=most_credits(1, kind))}"
    have = already_given(given, kind)
    return f"{price}. {_have_words(kind, have, rows)}" if have else price


def _have_words(kind: EnrichmentType, have: int, rows: int) -> str:
    part = part_of(have, rows, "row", "has", "have")
    too = "it" if have == 1 else "them"
    return f"{part} {_HAVE[kind]} already; enriching pays for {too} too"
