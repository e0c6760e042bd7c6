"""One row: ready, blank or skipped, by the API's own rules (contract: decisions table).

A row needs an e-mail, or a LinkedIn URL, or a name (full, or first and last) together with a
company's name or domain. Duplicates are found over the whole file, by e-mail and then by
LinkedIn profile; the first row wins.
"""

from __future__ import annotations

import re
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import unquote

from imports.core.clean import RowCleaner, bare, is_left_out
from imports.core.outcomes import FIELDS, SkipReason
from imports.core.seen import Seen, digest


class Ready(NamedTuple):
    """Trimmed values in the order of the judge's fields, and what duplicates are known by."""

    values: tuple[str, ...]
    keys: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Skip:
    """Why, by which field and value, and for duplicates the first row with that value."""

    reason: SkipReason
    field: str = ""
    value: str = ""
    first_row: int | None = None


class LeftOut(NamedTuple):
    """A value that is not sent, of the file's column `column`."""

    field: str
    column: int
    value: str


class Blank:
    """A row of nothing but separators and spaces."""


BLANK: Final = Blank()

Verdict = Ready | Skip | Blank


def has_required(values: Mapping[str, str]) -> bool:
    """Whether trimmed values by canonical field are enough to find a person."""
    get = values.get
    if get("email") or get("linkedin_url"):
        return True
    has_name = get("full_name") or (get("first_name") and get("last_name"))
    return bool(has_name and (get("company_name") or get("company_domain")))


# Fields by which a person is found.
_NEEDED: Final = frozenset(FIELDS) - {"phone", "job_title", "city", "state", "country"}


# What enrichments find, as far as a row may have it already.
GIVEN: Final = ("email", "phone", "both")


_EMAIL, _PHONE, _NEITHER = GIVEN[:1], GIVEN[1:2], GIVEN[:0]
_FEW_DIGITS = re.compile(r"\d\D*\d\D*\d\D*\d\D*\d")


def given_of(email: str, phone: str) -> tuple[str, ...]:
    """Which of `GIVEN` a row with these cleaned values has. A dash, a word or a 0 where an
    e-mail or a phone belongs is none."""
    if phone and _FEW_DIGITS.search(phone):
        return GIVEN if "@" in email else _PHONE
    return _EMAIL if "@" in email else _NEITHER


def email_key(value: str) -> str:
    """What two e-mails are compared by."""
    return value.strip().lower()


_PROFILE = re.compile(r"(?:^|/)(in|pub)/([^/?#\s](?:[^/?#]*[^/?#\s])?)((?:/[0-9a-z]+)*)")
_HANDLE = re.compile(r"[\w%-]+")
_SCHEMES = re.compile(r"^(?:[a-z]+://)+")
_ESCAPED_PERCENT = re.compile(r"%(?:25)+")
_ENDING = "/" + string.whitespace
# Characters of an address, and steps towards its key: a cell made to cost more is compared
# as it stands.
_LONGEST_URL: Final = 2_000
_MOST_STEPS: Final = 8


def linkedin_key(value: str) -> str:
    """What two LinkedIn URLs are compared by: `linkedin.com/in/<slug>` for a profile.

    Any host and case, `/pub/` addresses and bare handles; without query and slash at the end.
    Takes time in proportion to the cell, whatever is in it.
    """
    text = value.strip().lower()
    if len(text) > _LONGEST_URL:
        return text
    for _ in range(_MOST_STEPS):
        before, text = text, _simpler(text)
        if text == before:
            break
    return text


def is_profile(value: str) -> bool:
    """Whether a cell is a person's LinkedIn profile: an address of one, or a bare handle."""
    text = value[:_LONGEST_URL].strip().lower()
    if _HANDLE.fullmatch(text):
        return "-" in text.strip("-") and not text.replace("-", "").isdigit()
    return "linkedin." in text and bool(_PROFILE.search(text))


def _simpler(text: str) -> str:
    """One step towards the key; the key itself stays as it is."""
    if "%" in text:
        text = unquote(_ESCAPED_PERCENT.sub("%", text)).lower()
    if found := _PROFILE.search(text):
        kind, slug, rest = found.groups()
        if kind == "pub" and rest:
            slug += "-" + "".join(reversed(rest.split("/")))
        return f"linkedin.com/in/{slug}"
    if _HANDLE.fullmatch(text):
        return f"linkedin.com/in/{text}"
    return re.split(r"[?#]", _SCHEMES.sub("", text))[0].rstrip(_ENDING).strip()


class Judge:
    """Judges the rows of one file in order. `mapping`: canonical field -> column index."""

    def __init__(self, mapping: Mapping[str, int], seen: Seen) -> None:
        self.fields = tuple(field for field in FIELDS if field in mapping)
        self._columns = tuple(mapping[field] for field in self.fields)
        self._mapped = tuple(zip(self.fields, self._columns, strict=True))
        self._places = {field: place for place, field in enumerate(self.fields)}
        self._email_at = self._places.get("email")
        self._url_at = self._places.get("linkedin_url")
        self._phone_at = self._places.get("phone")
        self._seen = seen
        # The mapped cells of a row as they are sent; cells a short row lacks are empty.
        self.values = RowCleaner(self.fields, self._columns).clean

    def left_out(self, cells: Sequence[str], values: tuple[str, ...]) -> list[LeftOut]:
        """The cells of a row that are not among its `values`: what would harm the lead."""
        found: list[LeftOut] = []
        if "" not in values:
            return found
        for (field, column), value in zip(self._mapped, values, strict=True):
            if not value and column < len(cells) and cells[column]:
                text = bare(field, cells[column])
                if is_left_out(field, text):
                    found.append(LeftOut(field, column, text))
        return found

    @property
    def may_be_given(self) -> tuple[str, ...]:
        """Which of `GIVEN` any row can have, by the fields that are mapped."""
        if self._email_at is not None and self._phone_at is not None:
            return GIVEN
        return tuple(field for field in GIVEN if field in self._places)

    def given(self, values: tuple[str, ...]) -> tuple[str, ...]:
        """Which of `GIVEN` a row with these values has."""
        email = "" if self._email_at is None else values[self._email_at]
        phone = "" if self._phone_at is None else values[self._phone_at]
        return given_of(email, phone)

    def column_of(self, field: str) -> int | None:
        """The column mapped to `field`, if any."""
        place = self._places.get(field)
        return None if place is None else self._columns[place]

    def judge(self, cells: Sequence[str], values: tuple[str, ...] | None = None) -> Verdict:
        """The verdict. Call `remember` for a ready row that will indeed be sent.

        `values`: those of `cells`, where the caller has them already.
        """
        values = self.values(cells) if values is None else values
        email = values[self._email_at] if self._email_at is not None else ""
        url = values[self._url_at] if self._url_at is not None else ""
        if not (email or url or has_required(dict(zip(self.fields, values, strict=True)))):
            for field, _, value in self.left_out(cells, values):
                if field in _NEEDED:
                    return Skip(SkipReason.DAMAGED_VALUE, field, value)
            if any(values) or any(map(str.strip, cells)):
                return Skip(SkipReason.MISSING_REQUIRED)
            return BLANK
        keys = []
        if email:
            keys.append(digest("e:" + email_key(email)))
            if first := self._seen.first(keys[-1]):
                return Skip(SkipReason.DUPLICATE_EMAIL, "email", email, first)
        if url:
            keys.append(digest("l:" + linkedin_key(url)))
            if first := self._seen.first(keys[-1]):
                return Skip(SkipReason.DUPLICATE_LINKEDIN, "linkedin_url", url, first)
        return Ready(values, tuple(keys))

    def remember(self, ready: Ready, row: int) -> None:
        """Later rows with this e-mail or LinkedIn profile are duplicates of `row`."""
        for key in ready.keys:
            self._seen.remember(key, row)
