"""Values against a mapping: names only suggest a field, cells decide.

A wrong mapping costs credits, a miss costs a click: when most cells can't be what the field
holds, the column is not offered for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Final

from imports.core.cells import Kind, is_spoilt, kind_of
from imports.core.clean import PHONE_PREFIX
from imports.core.hosts import host_of, is_social
from imports.core.places import KNOWN, REGIONS_OR_STATUS
from imports.core.rows import is_profile
from imports.core.words import (
    FREE_MAIL,
    LEGAL_FORMS,
    SALUTATIONS,
    STATUS,
    YES_NO,
)

_MOST: Final = 0.5  # the share of cells that must be fit
_FEW: Final = 6  # cells from which on repetition tells something
_PHONE = re.compile(r"[+(]*\d[\d\s().\-/+]*(?:\s*(?:ext|x|#|app|durchwahl)\.?\s*\d+)?", re.I)
_FEWEST_DIGITS: Final = 6
_LONGEST: Final = 300  # characters of a cell that are looked at


def is_vetoed(field: str, name: str, cells: Sequence[str]) -> bool:
    """Whether the filled `cells` of a column called `name` (plain) can't be `field`.

    Without cells only names that are proof enough by themselves pass.
    """
    values = [cell.strip().lstrip("'")[:_LONGEST] for cell in cells if cell.strip()]
    values = [value for value in values if value and not _is_spoilt_for(field, value)]
    if not values:
        return name in _NEED_PROOF
    fits = _FITS[field]
    if sum(map(fits, values)) < _MOST * len(values):
        return True
    if field in ("state", "country") and name in REGIONS_OR_STATUS:
        return _are_states_of_affairs(values)
    return field == "full_name" and _are_companies(values)


def _is_spoilt_for(field: str, value: str) -> bool:
    """A spoilt phone is still a column of phones; what is spoilt is said to the person."""
    return is_spoilt(value) and field != "phone"


def _is_phone(value: str) -> bool:
    if is_spoilt(value):
        return True
    first = PHONE_PREFIX.sub("", re.split(r" ::: |[;,|]", value, maxsplit=1)[0]).strip()
    digits = sum(map(str.isdigit, first))
    is_number = digits >= _FEWEST_DIGITS and bool(_PHONE.fullmatch(first))
    return is_number and kind_of(first) is not Kind.DATE


def _is_domain(value: str) -> bool:
    host = host_of(value)
    return bool(host) and "@" not in value and not is_social(host) and host not in FREE_MAIL


def _is_text(value: str) -> bool:
    is_words = kind_of(value) in (Kind.TEXT, Kind.DATE) and value.casefold() not in YES_NO
    return is_words and any(map(str.isalpha, value))


def _is_name(value: str) -> bool:
    digits, letters = sum(map(str.isdigit, value)), sum(map(str.isalpha, value))
    return _is_text(value) and digits <= letters and "_" not in value


def _is_full_name(value: str) -> bool:
    """Two words that are not both without a capital, or letters that have no capitals."""
    is_words = (" " in value or "," in value) and value != value.lower()
    return _is_name(value) and (is_words or not value.isascii())


def _is_place(value: str) -> bool:
    is_lower = value[:1].islower() and value.casefold() not in KNOWN
    return _is_text(value) and not is_lower and value.casefold() not in STATUS


def _is_title(value: str) -> bool:
    return _is_text(value) and value.casefold().rstrip(".") not in SALUTATIONS


def _is_company(value: str) -> bool:
    return kind_of(value) in (Kind.TEXT, Kind.DATE) and value.casefold() not in YES_NO


def _are_states_of_affairs(values: Sequence[str]) -> bool:
    """Few words over and over, none of them a known place: `Qualified`, `In gara`."""
    distinct = {value.casefold() for value in values}
    known = sum(value in KNOWN for value in distinct)
    if known * 3 >= len(distinct):
        return False
    return len(values) < _FEW or len(distinct) <= max(3, len(values) // 3)


def _are_companies(values: Sequence[str]) -> bool:
    forms = sum(not LEGAL_FORMS.isdisjoint(_words(value)) for value in values)
    return forms * 5 >= len(values)


def _words(value: str) -> list[str]:
    return re.findall(r"\w+", value.casefold().replace(".", ""))


_NEED_PROOF: Final = frozenset({"url", "internet", *REGIONS_OR_STATUS}) - {"state"}
_FITS: Final[dict[str, Callable[[str], bool]]] = {
    "first_name": _is_name,
    "last_name": _is_name,
    "full_name": _is_full_name,
    "email": lambda value: kind_of(value.removeprefix("mailto:")) is Kind.EMAIL,
    "phone": _is_phone,
    "linkedin_url": is_profile,
    "company_name": _is_company,
    "company_domain": _is_domain,
    "job_title": _is_title,
    "city": _is_place,
    "state": _is_place,
    "country": _is_place,
}
