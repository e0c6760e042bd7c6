"""Reading the tables of a page in `docs/`."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def page(name: str) -> str:
    return (ROOT / name).read_text()


def section(text: str, heading: str) -> str:
    """The text under `## heading`, up to the next heading of that level."""
    _, _, rest = text.partition(f"## {heading}\n")
    return rest.partition("\n## ")[0]


def first_column(text: str) -> list[str]:
    """The cells of the first column of each table row, without backquotes."""
    rows = [line for line in text.splitlines() if line.startswith("|")]
    cells = [line.split("|")[1].strip() for line in rows]
    return [cell.strip("`") for cell in cells if not set(cell) <= {"-", " ", ":"}]


def code_words(text: str) -> set[str]:
    """Everything in backquotes."""
    return set(re.findall(r"`([^`]+)`", text))
