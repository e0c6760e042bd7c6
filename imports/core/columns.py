"""Which column is which canonical field, and why: names suggest, cells decide."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from rapidfuzz import fuzz, process

from imports.core.cells import Kind, kind_of
from imports.core.outcomes import FIELDS
from imports.core.synonyms import SYNONYMS
from imports.core.vetoes import is_vetoed

_CLOSE: Final = 86  # of 100; lower lets "Email Status" pass for an e-mail
_CLOSE_WORD: Final = 75  # the same for each of its words
_SHORTEST_CLOSE: Final = 8  # letters; shorter names are close to too much
_LONGEST_CLOSE: Final = 40  # longer ones are sentences
_MATCHED_COLUMNS: Final = 500  # the columns of a list of people stand before these
_FILLED: Final = 0.6  # the share of filled cells from which on no column is fuller
_LONGEST_CELL: Final = 300  # characters of a cell that are looked at

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
# Names of something else, each once taken for a field.
_NO_FIELD: Final = frozenset(
    {
        "department",
        "departments",
        "persona",
        "ad name",
        "straat",
        "referentie",
        "occupation id",
    }
)
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

    Names suggest, `samples` (the cells of some rows, the more the better) decide: a column
    whose cells can't be what its name says is not matched, one that is mostly empty stands
    behind a fuller one, and cells name columns of e-mails and LinkedIn profiles whatever
    their header.
    """
    names = [plain(header) for header in headers[:_MATCHED_COLUMNS]]
    meanings = _meanings(names)
    offers: list[tuple[float, ColumnMatch]] = []
    for index, name in enumerate(names):
        cells = [row[index] for row in samples if index < len(row) and row[index].strip()]
        weight = min(1.0, len(cells) / len(samples) / _FILLED) if samples else 1.0
        for field, why, confidence in _offers(name, meanings[index], cells):
            match = ColumnMatch(index, headers[index], field, why, confidence)
            offers.append((round(confidence * weight, 3), match))
    offers.sort(key=lambda offer: (-offer[0], -offer[1].confidence, offer[1].index))
    taken: dict[int, ColumnMatch] = {}
    fields: set[str | None] = set()
    for _, offer in offers:
        if offer.index not in taken and offer.field not in fields:
            taken[offer.index] = offer
            fields.add(offer.field)
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


Offer = tuple[str, str, float]  # field, why, confidence


@cache
def _names() -> dict[str, Offer]:
    """By plain name. The first language to have a name keeps it."""
    names: dict[str, Offer] = {}
    for origin in reversed(("", *SYNONYMS)):
        names |= _of(origin)
    return names


@cache
def _joined() -> dict[str, Offer]:
    """The same without spaces, for `linkedInUrl` and `Phonenumber`."""
    return {name.replace(" ", ""): offer for name, offer in reversed(_names().items())}


@cache
def _of(origin: str) -> dict[str, Offer]:
    """The names of one language or product; of the API itself for an empty `origin`."""
    if not origin:
        own = {field: (field, "same name", 1.0) for field in FIELDS}
        return {plain(name): own[field] for field in FIELDS for name in (field, FIELDS[field])}
    return {
        synonym: (field, _synonym_words(origin, field), 0.95 - 0.005 * rank)
        for field, synonyms in SYNONYMS[origin].items()
        for rank, synonym in enumerate(synonyms)
    }


def _synonym_words(origin: str, field: str) -> str:
    label = FIELDS[field]
    # A label with capitals inside, such as LinkedIn URL, is spelt so everywhere.
    words = label if label[1:] != label[1:].lower() else label.lower()
    return f"another name for {words}" if origin == "English" else f"{origin} for {words}"


def _meanings(names: Sequence[str]) -> list[Offer | None]:
    """What each name says alone, in the languages of its table, and beside the others."""
    known = [_names().get(name) or _joined().get(name.replace(" ", "")) for name in names]
    languages = _languages(names)
    meant = [
        offer or _close(name, languages) for name, offer in zip(names, known, strict=True)
    ]
    fields = [offer[0] if offer else "" for offer in meant]
    return [
        _beside(offer, {*fields[:at], *fields[at + 1 :]}) if name in _BARE_NAMES else offer
        for at, (name, offer) in enumerate(zip(names, meant, strict=True))
    ]


def _languages(names: Sequence[str]) -> list[str]:
    """Where the names of a table come from: only among those is one close to another."""
    first = {name: next((o for o in SYNONYMS if name in _of(o)), "") for name in names}
    met = {origin for origin in first.values() if origin}
    return ["", *(origin for origin in SYNONYMS if origin in met or origin == "English")]


def _beside(offer: Offer | None, others: set[str]) -> Offer | None:
    """What "Name" or "Nom" means depends on the other columns of names."""
    if "first_name" in others and "last_name" not in others:
        return "last_name", "the last name, beside a first name", 0.9
    if "last_name" in others and "first_name" not in others:
        return "first_name", "the first name, beside a last name", 0.9
    if offer and offer[0] != "full_name" and "full_name" not in others:
        return "full_name", "the only column with a name", 0.9
    return offer


def _offers(name: str, meaning: Offer | None, cells: Sequence[str]) -> Iterator[Offer]:
    content = _by_content(cells)
    if meaning and not is_vetoed(meaning[0], name, cells):
        yield meaning
    elif content:
        yield content


def _close(name: str, languages: Sequence[str]) -> Offer | None:
    words = name.split()
    is_other = name in _NO_FIELD or not _ABOUT_OTHERS.isdisjoint(words)
    if is_other or not _SHORTEST_CLOSE <= len(name) <= _LONGEST_CLOSE:
        return None
    names = {
        known: offer
        for origin in languages
        for known, offer in _of(origin).items()
        if len(known) >= _SHORTEST_CLOSE and known.count(" ") == len(words) - 1
    }
    found = process.extract(name, names.keys(), scorer=fuzz.ratio, score_cutoff=_CLOSE)
    for synonym, score, _ in found:
        field = names[synonym][0]
        is_theirs = not _COMPANY.isdisjoint(words) and field in _PERSONAL
        if not is_theirs and _is_close_by_words(words, synonym.split()):
            return field, f"close to “{synonym}”", round(score / 100 * 0.85, 3)
    return None


def _is_close_by_words(words: Sequence[str], others: Sequence[str]) -> bool:
    """A typo changes letters of a word; another word ("ad" for "lead") is another name."""
    pairs = zip(words, others, strict=True)
    return all(fuzz.ratio(one, other) >= _CLOSE_WORD for one, other in pairs)


def _by_content(cells: Sequence[str]) -> Offer | None:
    if len(cells) < 2:
        return None
    emails = sum(kind_of(cell) is Kind.EMAIL for cell in cells)
    profiles = sum("linkedin.com/in/" in cell[:_LONGEST_CELL].lower() for cell in cells)
    if emails * 10 >= len(cells) * 9:
        return "email", "its cells are emails", 0.7
    if profiles * 10 >= len(cells) * 9:
        return "linkedin_url", "its cells are LinkedIn profiles", 0.7
    return None
