"""What one cell looks like."""

from __future__ import annotations

import re
from enum import StrEnum


class Kind(StrEnum):
    EMPTY = "empty"
    NUMBER = "number"
    DATE = "date"
    EMAIL = "email"
    URL = "url"
    TEXT = "text"


_NUMBER = re.compile(r"[-+(]?[$€£¥]?\s?\d[\d.,' \u00a0]*\)?\s?[%€$£]?")
_DATE = re.compile(
    r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}(?:[ T]\d{1,2}:\d{2}.*)?|\d{1,2}:\d{2}(?::\d{2})?.{0,6}"
)
_EMAIL = re.compile(r"[^\s@,;]+@[^\s@,;]+\.[^\s@,;]+")
_URL = re.compile(r"(?:https?://|www\.)\S+|\S+\.linkedin\.com/\S+|linkedin\.com/\S+", re.I)
_LONGEST = 200  # characters; a longer cell is text


def kind_of(cell: str) -> Kind:
    text = cell.strip()
    if not text:
        return Kind.EMPTY
    if len(text) > _LONGEST:
        return Kind.TEXT
    if _EMAIL.fullmatch(text):
        return Kind.EMAIL
    if _URL.fullmatch(text):
        return Kind.URL
    if _DATE.fullmatch(text):
        return Kind.DATE
    if _NUMBER.fullmatch(text):
        return Kind.NUMBER
    return Kind.TEXT


def is_year(cell: str) -> bool:
    """A number that stands in headers as often as in rows."""
    text = cell.strip()
    return len(text) == 4 and text.isdecimal() and text[:2] in ("19", "20")


# What Excel writes where a formula failed, in the languages the portal reads.
_ERROR = re.compile(
    r"#(?:NAME\?|N/A|REF!|VALUE!|DIV/0!|NUM!|NULL!|SPILL!|CALC!|FIELD!|GETTING_DATA|BEZUG!"
    r"|WERT!|NV|ZAHL!|NOM\s?\?|VALEUR!|NOMBRE!|¿NOMBRE\?|¡?REF!|¡?VALOR!|¡?NUM!|¡?DIV/0!"
    r"|N/D|RIF!|NOME\?|VALORE!|NAAM\?|VERW!|WAARDE!|GETAL!|N/B|DEEL/0!|#{2,})",
    re.I,
)
# A long number as Excel shows it: its last digits are gone.
_CUT_NUMBER = re.compile(r"[+-]?\d{1,3}(?:[.,]\d+)?E\+\d{1,3}", re.I)


def is_spoilt(cell: str) -> bool:
    """Whether a spreadsheet put an error or a cut number (`4.91512E+11`) for the value."""
    text = cell.strip().lstrip("'")
    return len(text) <= 30 and bool(_ERROR.fullmatch(text) or _CUT_NUMBER.fullmatch(text))
