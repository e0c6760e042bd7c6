"""Typographic signs, and whether they stand where such signs do.

A letter that was read in the wrong encoding as a sign stands inside a word: `García` of a
Mac read as Windows-1252 is `Garc’a`, `Łukasz` of Windows-1250 is `£ukasz`. The signs of
`O’Brien`, `£500` and `VP – EMEA` are in their place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_EDGE: Final = r"(?:^|[\W_])"  # before: no letter or digit
_END: Final = r"(?:[\W_]|$)"  # after: no letter or digit
_OPENS: Final = (_EDGE, r"[\w\s\"'‘“$€£]")
_CLOSES: Final = (r"[\w\s.,!?…’'\"%)\]]", _END)

# Signs -> ways to stand: a pattern for what is before, and one for what is after.
_WAYS: Final[dict[str, tuple[tuple[str, str], ...]]] = {
    # James’ and ’24, O’Brien and D’Souza, McDonald’s and didn’t; not Garc’a
    "’´": (
        (_EDGE, ""),
        ("", _END),
        (rf"{_EDGE}\w{{1,3}}", "[A-ZÀ-Þ]"),
        (rf"{_EDGE}[ODLodl]", r"\w"),
        (r"\w", rf"(?:s|t|d|m|re|ll|ve){_END}"),
    ),
    "‘“‹«„‚": (_OPENS,),
    "¡¿": (_OPENS,),
    "”›»": (_CLOSES,),
    "–—": ((r"(?:^|[\s\d.,;|\"])", ""), ("", r"(?:[\s\d.,;|\"A-ZÀ-Þ]|$)")),
    "…": ((_EDGE, ""), ("", _END)),
    "€£¥¢¤": (
        (r"\d[kKmM]?\s?", ""),
        ("", r"\s?\d"),
        (_EDGE, _END),
        (rf"{_EDGE}(?:[A-Z]{{1,3}}|k|m)", _END),
    ),
    "•·": ((_EDGE, ""),),
    "©": ((_EDGE, rf"(?:{_END}|\d)"),),
    "®™": (_CLOSES,),
    "½¼¾": ((r"(?:^|[\d\W_])", _END),),
    "²³": ((rf"{_EDGE}\d*\s?[ckdmM]?m", _END),),
    "§¶": ((_EDGE, r"(?:[\W\d]|$)"),),
    "°": ((r"\d\s?", ""), ("", rf"\s?[CF]{_END}")),
    "ºª": ((r"(?:\d|[Nn])", _END),),
    "±×÷": ((r"(?:^|[\W\d_])", r"\s?\d"),),
    "µ": ((r"(?:^|[\d\W_])", "[mglsVAFH]"),),
    "‰": ((r"\d\s?", _END),),
    "†‡": ((r"[\w.)]", _END),),
    # Between words or before a unit; a letter would stand before a small one.
    "\u00a0": (("", r"(?:[^\Wa-zß-ÿ]|[\W_]|$)"), (r"(?:^|[\W\d_])", "")),
    "\u00ad": ((r"\w", r"\w"),),
}
_PATTERNS: Final = {
    sign: [(re.compile(f"{before}$"), re.compile(after)) for before, after in ways]
    for signs, ways in _WAYS.items()
    for sign in signs
}
SIGNS: Final = frozenset(_PATTERNS)
_NEAR: Final = 6  # characters before a sign that may matter

_BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def beyond_ascii(text: str) -> Iterator[tuple[str, str, str]]:
    """Each character beyond ASCII with a few characters of its line before it and after it."""
    for line in text.splitlines():
        for found in _BEYOND_ASCII.finditer(line):
            at = found.start()
            yield line[max(0, at - _NEAR) : at], found[0], line[at + 1 : at + 1 + _NEAR]


def is_sign_in_place(before: str, sign: str, after: str) -> bool:
    """Whether `sign` stands as it does in English between `before` and `after`."""
    ways = _PATTERNS.get(sign, ())
    return any(left.search(before) and right.match(after) for left, right in ways)
