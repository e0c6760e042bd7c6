"""What the canary found and what the rest is expected to bring, beside what it brought."""

from __future__ import annotations

from dataclasses import dataclass

from enrichment.models import EnrichmentType
from imports.models import ChunkState, PauseReason
from imports.services import outlook
from imports.services.outlook import IMPORTED, CanaryResult, Line
from imports.services.progress import Progress
from imports.services.watching import CHARGE, EMAILS, PHONES, SKIPS
from web.words import count

LABELS = {
    IMPORTED: "Rows imported",
    SKIPS: "Skipped by the API",
    EMAILS: "E-mails found",
    PHONES: "Phones found",
    CHARGE: "Credits charged",
}
STILL_OPEN = frozenset({ChunkState.READY, ChunkState.SENDING, ChunkState.RETRYING})


@dataclass(frozen=True)
class Row:
    """`percent` of the canary's `of`; `expected` for the rest, of `most` at most; `so_far`
    empty before the rest is on its way."""

    label: str
    percent: int
    found: int
    of: int
    expected: str
    most: int
    so_far: str


@dataclass(frozen=True)
class Card:
    """For imports/canary.html. Without `rows` only `lead` is shown. `leads`: the run waits
    for a word on it, so it stands above everything else."""

    lead: str
    leads: bool
    rows: list[Row]
    so_far_label: str
    footnote: str


def card_of(progress: Progress) -> Card | None:
    """None for a run without a canary, or whose canary is not cut out yet."""
    result = progress.canary
    if result is None:
        return None
    has_word = bool(progress.run.figures_shown) and _rest_is_on_its_way(progress)
    so_far = _so_far(progress, result) if has_word else {}
    return Card(
        lead=_lead(result),
        leads=progress.run.pause_reason == PauseReason.CANARY,
        rows=[_row(line, so_far) for line in result.lines],
        so_far_label=_so_far_label(progress) if has_word else "",
        footnote=_footnote(progress, result),
    )


def _lead(result: CanaryResult) -> str:
    rows = f"{count(result.rows, 'row')} from all over the file"
    if result.lines and not result.unhappy:
        return f"{rows}; the rest is {count(result.rest, 'row')}"
    return f"{rows}; {outlook.missing_words(result)}"


def _row(line: Line, so_far: dict[str, int]) -> Row:
    low, high = round(line.expected.low), round(line.expected.high)
    return Row(
        label=LABELS[line.name],
        percent=round(100 * line.found / line.most) if line.most else 0,
        found=line.found,
        of=line.most,
        expected=f"{low:,}" if low == high else f"{low:,} to {high:,}",
        most=line.most_rest,
        so_far=f"{so_far[line.name]:,}" if line.name in so_far else "",
    )


def _rest_is_on_its_way(progress: Progress) -> bool:
    untouched = {ChunkState.READY, ChunkState.NOT_SENT}
    rest = (square for square in progress.squares if not square.is_canary)
    return any(square.shape not in untouched for square in rest)


def _so_far_label(progress: Progress) -> str:
    is_sent = not any(square.shape in STILL_OPEN for square in progress.squares)
    return "In the end" if is_sent and progress.enrichment.is_over else "So far"


def _so_far(progress: Progress, result: CanaryResult) -> dict[str, int]:
    """What the rest brought: everything less what the canary did."""
    rows, found = progress.rows, progress.enrichment
    everything = {
        IMPORTED: rows.imported,
        SKIPS: rows.skipped - progress.run.rows_skipped,
        EMAILS: found.emails_found,
        PHONES: found.phones_found,
        CHARGE: found.charged,
    }
    return {line.name: everything[line.name] - line.found for line in result.lines}


def _footnote(progress: Progress, result: CanaryResult) -> str:
    if not result.lines:
        return ""
    said = "95 % ranges, if the file is of one kind throughout."
    if progress.run.enrichment_type == EnrichmentType.OFF:
        return said
    return f"{said} Approved for all: {count(progress.run.credits_most, 'credit')} at most."
