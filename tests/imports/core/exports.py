"""Exports of products and lists in several languages, each column with its right field."""

from __future__ import annotations

from itertools import zip_longest
from pathlib import Path
from typing import NamedTuple

from imports.core.columns import match_columns

FILE = Path(__file__).with_name("exports.txt")
REPEATS = 4  # so that what repeats is seen to repeat


class Export(NamedTuple):
    """`right`: the field of each column, None for one that must not be sent."""

    name: str
    headers: list[str]
    right: list[str | None]
    rows: list[list[str]]


def exports() -> list[Export]:
    sections = FILE.read_text(encoding="utf-8").split("\n\n")
    return [_export(section.strip().split("\n")) for section in sections]


def wrong_and_missed(export: Export) -> tuple[list[str], list[str]]:
    """`header: field` of each column that got a field it is not, and that got none."""
    wrong, missed = [], []
    for match, right in zip(
        match_columns(export.headers, export.rows), export.right, strict=True
    ):
        if match.field and match.field != right:
            wrong.append(f"{match.header}: {match.field}")
        elif right and not match.field:
            missed.append(f"{match.header}: {right}")
    return wrong, missed


def _export(lines: list[str]) -> Export:
    title, *columns = lines
    split = [[part.strip() for part in line.split("|")] for line in columns]
    cells = zip_longest(*[column[2:] for column in split], fillvalue="")
    right = [None if column[1] == "-" else column[1] for column in split]
    rows = [list(row) for row in cells] * REPEATS
    return Export(title.removeprefix("# "), [column[0] for column in split], right, rows)
