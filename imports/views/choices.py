"""The enrichment an import may ask for, as cards with their price."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import PRICES


@dataclass(frozen=True)
class Option:
    """For components/radio_cards.html."""

    value: str
    label: str
    hint: str
    checked: bool


_WORDS = {
    EnrichmentType.OFF: ("Off", "import only, free"),
    EnrichmentType.PARTIAL: ("Partial", "e-mail, {price} credit each found"),
    EnrichmentType.PHONE_ONLY: ("Phone only", "{price} credits each found"),
    EnrichmentType.FULL: ("Full", "e-mail and phone, {price} each"),
}


def enrichment_options(chosen: EnrichmentType) -> list[Option]:
    return [_option(kind, kind == chosen) for kind in EnrichmentType]


def _option(kind: EnrichmentType, checked: bool) -> Option:
    label, hint = _WORDS[kind]
    return Option(kind.value, label, hint.format(price=PRICES.get(kind, 0)), checked)
