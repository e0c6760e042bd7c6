"""Which column is which canonical field, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imports.core.outcomes import FIELDS


@dataclass(frozen=True, slots=True)
class ColumnMatch:
    """One column of the file; `field` is None for a column that is not sent.

    `why` is in words for a person ("same name"); `confidence` is 0 to 1.
    """

    index: int
    header: str
    field: str | None
    why: str
    confidence: float


def match_columns(
    headers: Sequence[str], samples: Sequence[Sequence[str]] = ()
) -> list[ColumnMatch]:
    """A match for each header, in order; each field at most once.

    `samples` are the cells of a few rows, used where names alone do not decide.
    """
    by_name = {label.lower(): field for field, label in FIELDS.items()}
    taken: set[str] = set()
    matches = []
    for index, header in enumerate(headers):
        field = by_name.get(header.strip().lower())
        if field is None or field in taken:
            matches.append(ColumnMatch(index, header, None, "not sent", 0.0))
            continue
        taken.add(field)
        matches.append(ColumnMatch(index, header, field, "same name", 1.0))
    return matches


def mapping_of(matches: Sequence[ColumnMatch]) -> dict[str, int]:
    """Canonical field -> column index, as `check` takes it."""
    return {m.field: m.index for m in matches if m.field}


def column_labels(headers: Sequence[str]) -> list[str]:
    """A distinct name for each column, for a person: "Column 3" if empty, "Email (2)"."""
    labels: list[str] = []
    met: dict[str, int] = {}
    for position, header in enumerate(headers, 1):
        label = " ".join(header.split()) or f"Column {position}"
        met[label] = met.get(label, 0) + 1
        labels.append(label if met[label] == 1 else f"{label} ({met[label]})")
    return labels
