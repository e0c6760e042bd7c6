"""What the run page says while the API counts more skipped rows than are named."""

from __future__ import annotations

from dataclasses import dataclass

from imports.models import ReadBackState, RunState
from imports.services.progress import Progress

STILL_SENDING = frozenset({RunState.SENDING, RunState.PAUSED, RunState.CANCELLING})


@dataclass(frozen=True)
class NamingCard:
    """`label`: of the button that has the list read (again); "" where it can't be, or is."""

    words: str
    label: str


def naming_card(progress: Progress) -> NamingCard | None:
    """None once every skipped row is named; one query."""
    rows, run = progress.rows, progress.run
    if not rows.unnamed:
        return None
    so_far = f"{rows.named:,} of {rows.skipped:,} named so far."
    if run.pruned_at:
        return NamingCard(f"{so_far} The rows' contents were deleted before the rest was.", "")
    why, label = _rest(progress)
    if run.state in {RunState.SENDING, RunState.CANCELLING}:
        label = ""
    return NamingCard(f"{so_far} {why}", label)


def mark_of(progress: Progress) -> str:
    """Changes when `naming_card` says something else; "" once every row is named."""
    if not progress.rows.unnamed:
        return ""
    look = progress.naming.look
    return f".{progress.rows.named}.{f'{look.pk}{look.state}' if look else ''}"


def _rest(progress: Progress) -> tuple[str, str]:
    look = progress.naming.look
    if look is not None and look.is_at_work:
        return "The list is being read for the others.", ""
    if progress.run.state in STILL_SENDING:
        return "The list is read for the others when all is sent.", "Read the list now"
    if look is None:
        return "The list was not read for the others yet.", "Read the list"
    if look.state != ReadBackState.READ:
        return f"The list could not be read. {look.problem}".strip(), "Read the list again"
    return (
        "The list was read, and another number of rows has no lead there than the API has "
        "skipped: it can't be told which of them were.",
        "Read the list again",
    )
