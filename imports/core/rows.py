"""One row: ready, blank or skipped, by the API's own rules (contract: decisions table).

A row needs an e-mail, or a LinkedIn URL, or a name (full, or first and last) together with a
company's name or domain. Duplicates are found over the whole file, by e-mail and then by
LinkedIn profile; the first row wins.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from imports.core.outcomes import FIELDS, SkipReason
from imports.core.seen import Seen


@dataclass(frozen=True, slots=True)
class Ready:
    """Trimmed values in the order of the judge's fields."""

    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Skip:
    """Why, by which field and value, and for duplicates the first row with that value."""

    reason: SkipReason
    field: str = ""
    value: str = ""
    first_row: int | None = None


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


def email_key(value: str) -> str:
    """What two e-mails are compared by."""
    return value.strip().lower()


_PROFILE = re.compile(r"(?:^|/)(in|pub)/([^/?#\s]+)((?:/[0-9a-z]+)*)", re.IGNORECASE)
_HANDLE = re.compile(r"[\w%-]+")


def linkedin_key(value: str) -> str:
    """What two LinkedIn URLs are compared by: `linkedin.com/in/<slug>` for a profile.

    Any host and case, `/pub/` addresses and bare handles; without query and slash at the end.
    """
    text = unquote(value.strip())
    if found := _PROFILE.search(text):
        kind, slug, rest = found.groups()
        if kind.lower() == "pub" and rest:
            slug += "-" + "".join(reversed(rest.split("/")))
        return f"linkedin.com/in/{slug.lower()}"
    if _HANDLE.fullmatch(text):
        return f"linkedin.com/in/{text.lower()}"
    bare = re.sub(r"^[a-z]+://", "", text.lower())
    return re.split(r"[?#]", bare)[0].rstrip("/")


class Judge:
    """Judges the rows of one file in order. `mapping`: canonical field -> column index."""

    def __init__(self, mapping: Mapping[str, int], seen: Seen) -> None:
        self.fields = tuple(field for field in FIELDS if field in mapping)
        self._columns = tuple(mapping[field] for field in self.fields)
        self._seen = seen

    def values(self, cells: Sequence[str]) -> tuple[str, ...]:
        """The mapped cells, trimmed; cells a short row lacks are empty."""
        width = len(cells)
        return tuple([cells[c].strip() if c < width else "" for c in self._columns])

    def judge(self, cells: Sequence[str], row: int) -> Verdict:
        """The verdict by content; remembers nothing. Ask `remember` once the row will go."""
        values = self.values(cells)
        named = dict(zip(self.fields, values, strict=True))
        if has_required(named):
            return self._duplicate(named) or Ready(values)
        if any(values) or any(map(str.strip, cells)):
            return Skip(SkipReason.MISSING_REQUIRED)
        return BLANK

    def remember(self, ready: Ready, row: int) -> None:
        """Later rows with this e-mail or LinkedIn profile are duplicates of `row`."""
        for key in _keys(dict(zip(self.fields, ready.values, strict=True))):
            self._seen.remember(key, row)

    def _duplicate(self, named: Mapping[str, str]) -> Skip | None:
        if (email := named.get("email")) and (
            first := self._seen.first("e:" + email_key(email))
        ):
            return Skip(SkipReason.DUPLICATE_EMAIL, "email", email, first)
        if (url := named.get("linkedin_url")) and (
            first := self._seen.first("l:" + linkedin_key(url))
        ):
            return Skip(SkipReason.DUPLICATE_LINKEDIN, "linkedin_url", url, first)
        return None


def _keys(named: Mapping[str, str]) -> list[str]:
    keys = []
    if email := named.get("email"):
        keys.append("e:" + email_key(email))
    if url := named.get("linkedin_url"):
        keys.append("l:" + linkedin_key(url))
    return keys
