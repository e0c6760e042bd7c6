"""Calls that failed or whose outcome is unknown, with what the list shows of them."""

from __future__ import annotations

from dataclasses import dataclass

from imports.models import ReadBackState
from imports.services.evidence import Evidence
from imports.services.progress import MOST_LOOKS, Progress, Square
from web.words import count, part_of

CANT_LOOK = "The rows' contents were deleted, so they can't be looked for."


@dataclass(frozen=True)
class FailedCall:
    """`evidence`: what the list shows, "" for a call that failed for certain.

    `is_looking`: the list is being read; `can_look`: it can be read (again).
    """

    square: Square
    evidence: str = ""
    is_looking: bool = False
    can_look: bool = False

    @property
    def is_unknown(self) -> bool:
        return self.square.shape == "unknown"


def failed_calls(progress: Progress) -> list[FailedCall]:
    """The first of them."""
    shapes = {"failed", "unknown"}
    failed = [square for square in progress.squares if square.shape in shapes][:MOST_LOOKS]
    seen = progress.looks.evidence
    is_pruned = progress.run.pruned_at is not None
    return [_call(square, seen.get(square.number), is_pruned) for square in failed]


def _call(square: Square, evidence: Evidence | None, is_pruned: bool) -> FailedCall:
    if square.shape != "unknown":
        return FailedCall(square)
    if is_pruned:
        return FailedCall(square, CANT_LOOK)
    if evidence is None:
        return FailedCall(square, "The list was not read yet.", can_look=True)
    is_looking = evidence.read_back.is_at_work
    return FailedCall(square, _words(evidence), is_looking, can_look=not is_looking)


def _words(evidence: Evidence) -> str:
    look = evidence.read_back
    if look.is_at_work:
        total = f" of {look.leads_total:,}" if look.leads_total is not None else ""
        return f"Reading the list: {look.leads_read:,}{total} leads."
    if look.state != ReadBackState.READ:
        return f"The list could not be read. {look.problem}".strip()
    return f"{_found(evidence)} in the list by now{_before(evidence)}."


def _found(evidence: Evidence) -> str:
    rows = count(evidence.rows, "row")
    if not evidence.found:
        return f"None of the {rows} is"
    if evidence.found == evidence.rows:
        return "The row is" if evidence.rows == 1 else f"All {rows} are"
    return part_of(evidence.found, evidence.rows, "row")


def _before(evidence: Evidence) -> str:
    if not evidence.is_noted:
        return "; what was there before was not noted"
    if evidence.before:
        return f"; {evidence.before:,} had a lead there before"
    return ""
