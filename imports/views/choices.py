"""The enrichment an import may ask for, as cards with the price for its rows."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import most_credits
from web.words import count


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


def enrichment_options(chosen: EnrichmentType, rows: int) -> list[Option]:
    """Each with the most it costs for the `rows` that would be sent."""
    return [
        Option(kind.value, str(kind.label), _hint(kind, rows), kind == chosen)
        for kind in EnrichmentType
    ]


def _hint(kind: EnrichmentType, rows: int) -> str:
    if kind == EnrichmentType.OFF:
        return "Free"
    most = count(most_credits(rows, kind), "credit")
    return f"Up to {most}, {_EACH[kind].format(price=most_credits(1, kind))}"
