"""The enrichment an import may ask for, as cards with the price for its rows."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import most_credits
from imports.models import Run
from imports.services import given
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


def enrichment_options(chosen: EnrichmentType, run: Run) -> list[Option]:
    """Each with the most it costs for the rows of a checked run that would be sent, and how
    many of them have what it finds."""
    return [
        Option(kind.value, str(kind.label), _hint(kind, run), kind == chosen)
        for kind in EnrichmentType
    ]


def _hint(kind: EnrichmentType, run: Run) -> str:
    if kind == EnrichmentType.OFF:
        return "Free"
    most = count(most_credits(run.rows_ready, kind), "credit")
    price = f"Up to {most}, {_EACH[kind].format(price=most_credits(1, kind))}"
    have = given.words_of(run, kind)
    return f"{price}. {have}" if have else price
