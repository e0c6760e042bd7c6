"""Numbers with their nouns and verbs, as people say them; the one place that knows plurals."""

from __future__ import annotations


def count(number: float, noun: str, plural: str = "") -> str:
    """`1 row`, `2,904 rows`; `plural` for a noun that takes more than an s."""
    return f"{number:,.10g} {noun if number == 1 else plural or noun + 's'}"


def counted(number: float, one: str, more: str) -> str:
    """`1 was skipped`, `12 were skipped`: the number with words that agree with it."""
    return f"{number:,.10g} {one if number == 1 else more}"


def part_of(part: int, whole: int, noun: str, one: str = "is", more: str = "are") -> str:
    """`488 of 500 rows are`, `1 of 500 rows is`, `0 of 1 row is`."""
    return f"{part:,} of {count(whole, noun)} {one if 1 in (part, whole) else more}"
