"""A cell as it is sent: without what spreadsheets and web pages left in it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from imports.core.cells import is_spoilt
from imports.core.hosts import host_of, is_page_of_network
from imports.core.report import unguard

PHONE_PREFIX = re.compile(r"^(?:p|tel|phone|mobile)[.:]+\s*", re.I)
# Soft hyphen, zero-width space, word joiner, byte order mark, marks of direction. The
# joiners U+200C and U+200D stay: names are written with them.
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
# What an apostrophe before it shows to be Excel's mark of a text, not `'s-Hertogenbosch`.
_MARKED_TEXT = re.compile(r"^'+(?=[\d=+\-@(])")
_SYMBOLS: Final = frozenset({"email", "phone", "linkedin_url", "company_domain"})


def clean(field: str, cell: str) -> str:
    """The value of `field` that `cell` gives; empty for one that must not be sent."""
    text = bare(field, cell)
    if not text or is_left_out(field, text):
        return ""
    refine = _REFINE.get(field)
    return refine(text) if refine else text


def bare(field: str, cell: str) -> str:
    """The text of a cell without blanks and marks around and in it."""
    text = (unguard(cell) if "'" in cell else cell).strip()
    if not (text.isascii() and text.isprintable()):
        text = _INVISIBLE.sub("", text)
    if "  " in text or not text.isprintable():
        text = " ".join(text.split())
    if "'" in text:
        text = _without_mark(field, text)
    return text


def is_left_out(field: str, text: str) -> bool:
    """Whether a value would harm a lead: a spreadsheet's error or cut number in any field,
    a page on LinkedIn or Facebook where a company's own domain belongs."""
    if ("#" in text or "+" in text) and is_spoilt(text):
        return True
    return field == "company_domain" and "/" in text and is_page_of_network(text)


def _without_mark(field: str, text: str) -> str:
    return text.lstrip("'").strip() if field in _SYMBOLS else _MARKED_TEXT.sub("", text, 1)


def _domain(text: str) -> str:
    return host_of(text) or text


def _email(text: str) -> str:
    return text.removeprefix("mailto:").strip("<>")


def _phone(text: str) -> str:
    return PHONE_PREFIX.sub("", text)


_REFINE: Final[dict[str, Callable[[str], str]]] = {
    "company_domain": _domain,
    "email": _email,
    "phone": _phone,
}
