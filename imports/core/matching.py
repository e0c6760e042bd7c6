"""Which lead of a list came from which row, and whether it is still as the row gave it.

The API names no lead when it imports (contract 3.2), so a list is read back and its leads are
told by what the API itself compares: e-mail and LinkedIn profile, and for a row that has
neither by name and company. What counts as unchanged is strict: when in doubt, a lead has
changed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from imports.core.outcomes import FIELDS
from imports.core.rows import email_key, linkedin_key
from imports.core.seen import digest

# A row's values by canonical field, a lead's by the API's names; empty and None are the same.
Values = Mapping[str, str | None]

# Canonical field -> the API's name of it in a lead.
COMPARED = {"job_title": "title", "company_name": "company"}
SHORTEST_PHONE = 7
_SPACES = re.compile(r"[^\S\x1f]+")


class Change(StrEnum):
    """How a lead differs from its row."""

    ENRICHED = "enriched"
    CHANGED = "changed"


def row_keys(row: Values) -> list[int]:
    """Digests a lead of this row is known by; by name only when there is nothing better."""
    return _sure_keys(row) or [_name_key(name_of(row), row.get("company_name"))]


def has_sure_key(row: Values) -> bool:
    """Whether a row is known by more than a name."""
    return bool(row.get("email") or row.get("linkedin_url"))


def keys_of(row: Mapping[str, str]) -> tuple[list[int], int]:
    """What a row is known by (as `row_keys`), and a digest of all it says: of rows that differ
    in case or spaces alone, or in how a profile is written, it is the same."""
    said = {field: row[field] for field in FIELDS if row.get(field)}
    keys = []
    if email := said.get("email"):
        said["email"] = email_key(email)
        keys.append(digest(f"e:{said['email']}"))
    if url := said.get("linkedin_url"):
        said["linkedin_url"] = linkedin_key(url)
        keys.append(digest(f"l:{said['linkedin_url']}"))
    text = "\x1f".join([f"{field}:{value}" for field, value in said.items()])
    whole = digest(_SPACES.sub(" ", text).casefold())
    return keys or row_keys(row), whole


def lead_keys(lead: Values) -> list[int]:
    """Digests by which a lead's row may be known, the surest first."""
    return [*_sure_keys(lead), *_name_keys(lead)]


def change_of(row: Values, lead: Values) -> Change | None:
    """How `lead` differs from what `row` gave, None if it is as it was imported."""
    if lead.get("provider"):
        return Change.ENRICHED
    if _differs(row, lead):
        return Change.CHANGED
    return Change.ENRICHED if _was_filled(row, lead) else None


def name_of(person: Values) -> str:
    parts = (person.get("first_name"), person.get("last_name"))
    return person.get("full_name") or " ".join(filter(None, parts))


def location_of(row: Values) -> str:
    """The API's way to write a row's place: "City, State, Country"."""
    return ", ".join(filter(None, (row.get(part) for part in ("city", "state", "country"))))


def _sure_keys(person: Values) -> list[int]:
    keys = []
    if email := person.get("email"):
        keys.append(digest("e:" + email_key(email)))
    if url := person.get("linkedin_url"):
        keys.append(digest("l:" + linkedin_key(url)))
    return keys


def _name_keys(lead: Values) -> list[int]:
    """With the company, and without it: a row may have given its domain alone."""
    name = name_of(lead)
    return [_name_key(name, company) for company in dict.fromkeys((lead.get("company"), ""))]


def _name_key(name: str, company: str | None) -> int:
    return digest(f"n:{_plain(name)}|{_plain(company)}")


def _differs(row: Values, lead: Values) -> bool:
    same_text = all(
        _plain(row.get(field)) == _plain(lead.get(name))
        for field, name in COMPARED.items()
        if row.get(field)
    )
    return not (
        same_text
        and _plain(name_of(row)) in ("", _plain(name_of(lead)))
        and _same(row.get("email"), lead.get("email"), email_key)
        and _same(row.get("linkedin_url"), lead.get("linkedin_url"), linkedin_key)
        and _same_phone(row.get("phone"), lead.get("phone"))
        and (not location_of(row) or _plain(location_of(row)) == _plain(lead.get("location")))
    )


def _was_filled(row: Values, lead: Values) -> bool:
    given = {
        "name": name_of(row),
        "email": row.get("email"),
        "phone": row.get("phone"),
        "linkedin_url": row.get("linkedin_url"),
        "title": row.get("job_title"),
        "company": row.get("company_name") or row.get("company_domain"),
        "location": location_of(row),
    }
    now = {**lead, "name": name_of(lead)}
    return any(now.get(name) and not given[name] for name in given)


def _same(given: str | None, now: str | None, key: Callable[[str], str]) -> bool:
    return not given or (now is not None and key(given) == key(now))


def _same_phone(given: str | None, now: str | None) -> bool:
    """The API may have put the country's number in front."""
    if not given:
        return True
    ours, theirs = (re.sub(r"\D", "", number or "").lstrip("0") for number in (given, now))
    if min(len(ours), len(theirs)) < SHORTEST_PHONE:
        return ours == theirs
    return ours.endswith(theirs) or theirs.endswith(ours)


def _plain(text: str | None) -> str:
    return " ".join((text or "").split()).casefold()
