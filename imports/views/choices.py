"""The enrichment an import may ask for, as cards with the price for its rows, and whether
rows that have what it finds go in without it."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import most_credits
from imports.models import Run
from imports.services import given
from imports.services.given import Coverage
from web.words import count, part_of


@dataclass(frozen=True)
class Option:
    """For components/radio_cards.html."""

    value: str
    label: str
    hint: str
    checked: bool


@dataclass(frozen=True)
class MissingChoice:
    """The box "Only where missing": whether it is ticked, what it does to the price, and what
    rows then go without."""

    checked: bool
    hint: str


_EACH = {
    EnrichmentType.PARTIAL: "{price} for each e-mail found",
    EnrichmentType.PHONE_ONLY: "{price} for each phone found",
    EnrichmentType.FULL: "{price} where both are found",
}
_WHAT = {
    EnrichmentType.PARTIAL: ("an e-mail", "without one"),
    EnrichmentType.PHONE_ONLY: ("a phone", "without one"),
    EnrichmentType.FULL: ("both e-mail and phone", "that lack one of them"),
}
_LOST = {
    EnrichmentType.PARTIAL: "no company or title is looked up for them",
    EnrichmentType.PHONE_ONLY: "no other phone is looked up for them",
    EnrichmentType.FULL: "no company or title is looked up for them",
}


def enrichment_options(
    chosen: EnrichmentType, run: Run, *, only_missing: bool = False
) -> list[Option]:
    """Each with the most it costs for the rows of a checked run that would be sent, and how
    many of them have what it finds."""
    return [
        Option(
            kind.value,
            str(kind.label),
            _hint(kind, run, only_missing=only_missing),
            kind == chosen,
        )
        for kind in EnrichmentType
    ]


def missing_choice(run: Run, covered: Coverage) -> MissingChoice | None:
    """None where no row has what is found, so that there is nothing to choose."""
    kind = covered.kind
    if kind == EnrichmentType.OFF or not given.saves(run, kind):
        return None
    return MissingChoice(covered.parts, _missing_hint(run, kind))


def _hint(kind: EnrichmentType, run: Run, *, only_missing: bool) -> str:
    if kind == EnrichmentType.OFF:
        return "Free"
    covered = given.coverage_of(run, kind, only_missing=only_missing)
    most = count(covered.most, "credit")
    price = f"Up to {most}, {_EACH[kind].format(price=most_credits(1, kind))}"
    have = given.words_of(run, kind, only_missing=only_missing)
    return f"{price}. {have}" if have else price


def _missing_hint(run: Run, kind: EnrichmentType) -> str:
    """`9,412 of 12,000 rows have an e-mail already. Enrich only the 2,588 without one: …`"""
    some = given.coverage_of(run, kind, only_missing=True)
    have = part_of(some.as_they_are, run.rows_ready, "row", "has", "have")
    what, without = _WHAT[kind]
    instead = f"{count(some.most, 'credit')} instead of {most_credits(run.rows_ready, kind):,}"
    only = f"Enrich only the {some.rows:,} {without}: up to {instead}. The others"
    if not some.rows:
        only = f"Enrich none of them: {instead}. They"
    return f"{have} {what} already. {only} go in as they are: {_LOST[kind]}."
