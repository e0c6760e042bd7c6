"""Which column is which canonical field, and why: exact, synonym, close, by content."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from rapidfuzz import fuzz, process

from imports.core.cells import Kind, kind_of
from imports.core.outcomes import FIELDS
from imports.core.synonyms import SYNONYMS

_CLOSE: Final = 86  # of 100; lower lets "Email Status" pass for an e-mail
_SHORTEST_CLOSE: Final = 5  # letters; shorter names are close to too much
_LONGEST_CLOSE: Final = 40  # longer ones are sentences
_MATCHED_COLUMNS: Final = 500  # the columns of a list of people stand before these

# Words that make a column one about something else, however close its name.
_ABOUT_OTHERS: Final = frozenset(
    re.findall(
        r"\w+",
        """status confidence source verified verification type id owner stage count score date
        created updated modified opt unsubscribed bounced secondary tertiary spouse assistant
        manager parent industry size address keywords description notes employees revenue""",
    )
)
# A company's own details are not the person's.
_COMPANY: Final = frozenset({"company", "account", "organization", "organisation", "hq"})
# Names that mean the whole name, or one half of it beside a column for the other half.
_BARE_NAMES: Final = frozenset({"name", "nom", "nome", "nombre", "naam"})
_PERSONAL: Final = frozenset({"linkedin_url", "phone", "city", "state", "country", "email"})


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column of the file; `field` is None for a column that is not sent.

    `why` is in words for a person ("same name"); `confidence` is 0 to 1.
    """

    index: int
    header: str
    field: str | None
    why: str
    confidence: float


def match_columns(
    headers: Sequence[str], samples: Sequence[Sequence[str]] = ()
) -> list[ColumnMatch]:
    """A match for each header, in order; each field at most once.

    `samples` are the cells of a few rows: they name columns of e-mails and LinkedIn URLs
    whatever their header, and choose among columns with equally good names.
    """
    filled = [_share_filled(i, samples) for i in range(min(len(headers), _MATCHED_COLUMNS))]
    offers = [
        ColumnMatch(index, header, field, why, confidence)
        for index, header in enumerate(headers[:_MATCHED_COLUMNS])
        for field, why, confidence in _offers(index, header, samples)
    ]
    offers.sort(key=lambda o: (-o.confidence, -round(filled[o.index], 1), o.index))
    taken: dict[int, ColumnMatch] = {}
    fields: set[str | None] = set()
    for offer in offers:
        if offer.index not in taken and offer.field not in fields:
            taken[offer.index] = offer
            fields.add(offer.field)
    _settle_names(taken)
    return [
        taken.get(index) or ColumnMatch(index, header, None, "not sent", 0.0)
        for index, header in enumerate(headers)
    ]


def mapping_of(matches: Sequence[ColumnMatch]) -> dict[str, int]:
    """Canonical field -> column index, as `check` takes it, in the API's order."""
    chosen = {match.field: match.index for match in matches if match.field}
    return {field: chosen[field] for field in FIELDS if field in chosen}


def column_labels(headers: Sequence[str]) -> list[str]:
    """A distinct name for each column, for a person: "Column 3" if empty, "Email (2)"."""
    labels: list[str] = []
    met: dict[str, int] = {}
    for position, header in enumerate(headers, 1):
        label = " ".join(header.split()) or f"Column {position}"
        met[label] = met.get(label, 0) + 1
        labels.append(label if met[label] == 1 else f"{label} ({met[label]})")
    return labels


def names_a_field(header: str) -> bool:
    """Whether a cell is the name or a known synonym of a field."""
    return plain(header) in _names()


def plain(header: str) -> str:
    """Lower case without accents; anything but letters and digits is one space."""
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header[:200])
    bare = unicodedata.normalize("NFKD", spaced.casefold())
    letters = "".join(c for c in bare if not unicodedata.combining(c))
    return " ".join(re.findall(r"[^\W_]+", letters))


@cache
def _names() -> dict[str, tuple[str, str, float]]:
    """Plain name -> field, why, confidence. The first language to have a name keeps it."""
    names: dict[str, tuple[str, str, float]] = {}
    for field, label in FIELDS.items():
        for name in (plain(field), plain(label)):
            names[name] = (field, "same name", 1.0)
    for origin, fields in SYNONYMS.items():
        for field, synonyms in fields.items():
            for rank, synonym in enumerate(synonyms):
                why = _synonym_words(origin, field)
                names.setdefault(synonym, (field, why, 0.95 - 0.005 * rank))
    return names


def _synonym_words(origin: str, field: str) -> str:
    label = FIELDS[field]
    # A label with capitals inside, such as LinkedIn URL, is spelt so everywhere.
    words = label if label[1:] != label[1:].lower() else label.lower()
    return f"another name for {words}" if origin == "English" else f"{origin} for {words}"


def _offers(
    index: int, header: str, samples: Sequence[Sequence[str]]
) -> Iterator[tuple[str, str, float]]:
    name = plain(header)
    known = _names().get(name) or _names().get(name.replace(" ", "")) or _close(name)
    content = _by_content(index, samples)
    if content and known and known[0] != content[0] and known[2] < 1:
        yield content
    elif known or content:
        yield known or content  # type: ignore[misc]


def _close(name: str) -> tuple[str, str, float] | None:
    words = set(name.split())
    if not _SHORTEST_CLOSE <= len(name) <= _LONGEST_CLOSE or words & _ABOUT_OTHERS:
        return None
    spelt = process.extractOne(name, _names().keys(), scorer=fuzz.ratio)
    turned = process.extractOne(name, _names().keys(), scorer=fuzz.token_sort_ratio)
    synonym, score, _ = max(spelt, turned, key=lambda found: found[1])
    field = _names()[synonym][0]
    if score < _CLOSE or (words & _COMPANY and field in _PERSONAL):
        return None
    return field, f"close to “{synonym}”", round(score / 100 * 0.85, 3)


def _by_content(index: int, samples: Sequence[Sequence[str]]) -> tuple[str, str, float] | None:
    values = [row[index].strip() for row in samples if index < len(row) and row[index].strip()]
    if len(values) < 2:
        return None
    emails = sum(kind_of(value) is Kind.EMAIL for value in values)
    profiles = sum("linkedin.com/in/" in value.lower() for value in values)
    if emails * 10 >= len(values) * 9:
        return "email", "its cells are emails", 0.7
    if profiles * 10 >= len(values) * 9:
        return "linkedin_url", "its cells are LinkedIn profiles", 0.7
    return None


def _share_filled(index: int, samples: Sequence[Sequence[str]]) -> float:
    filled = sum(bool(row[index].strip()) for row in samples if index < len(row))
    return filled / len(samples) if samples else 0.0


def _settle_names(taken: dict[int, ColumnMatch]) -> None:
    """What "Name" or "Nom" alone means depends on the other name columns."""
    by_field = {match.field: match for match in taken.values()}
    first, last, full = (by_field.get(f) for f in ("first_name", "last_name", "full_name"))
    if first and full and not last and plain(full.header) in _BARE_NAMES:
        why = "the last name, beside a first name"
        taken[full.index] = replace(full, field="last_name", why=why)
    lone = (first or last) if not (first and last) and not full else None
    if lone and plain(lone.header) in _BARE_NAMES:
        why = "the only column with a name"
        taken[lone.index] = replace(lone, field="full_name", why=why)
