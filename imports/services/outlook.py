"""What the canary found, and what the rest will bring by it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cleanlist_api.prices import PER_LEAD
from enrichment.services import most_credits
from imports.core.figures import Range, Share
from imports.models import Chunk, ChunkState, Run
from imports.models.chunks import ChunkQuerySet
from imports.services import given, watching
from imports.services.watching import CHARGE, EMAILS, PHONES, SKIPS, Figures
from web.words import count

IMPORTED = "imported"


@dataclass(frozen=True)
class Line:
    """One figure: `found` of `most` for the canary, `expected` for the rest, 95 % sure.

    `name` is IMPORTED, SKIPS, EMAILS, PHONES or CHARGE (credits); `most_rest` is what
    `expected` can't exceed.
    """

    name: str
    found: int
    most: int
    expected: Range
    likely: float
    most_rest: int


@dataclass(frozen=True)
class CanaryResult:
    """The canary's call `number`: rows sent, what came back, and the rows of the rest.

    `lines` is empty until the result is complete. `unhappy`: its enrichment ended badly, so
    there are no finds; `is_decided`: it had no answer and a person said what became of it.
    """

    number: int
    rows: int
    rest: int
    figures: Figures
    lines: tuple[Line, ...]
    unhappy: bool
    is_decided: bool


def canary_chunks(run: Run) -> ChunkQuerySet:
    """One, or its parts after a 413, with their workflows."""
    found = Chunk.objects.of_plan(run).filter(is_canary=True)
    return found.select_related("workflow").order_by("number")


def among(run: Run, chunks: Iterable[Chunk]) -> CanaryResult | None:
    """What is known of the run's canary, from chunks read with their workflows; None if it
    has none (yet)."""
    canaries = [chunk for chunk in chunks if chunk.is_canary] if run.canary else []
    return result_of(run, canaries) if canaries else None


def as_json(result: CanaryResult | None) -> dict[str, Any] | None:
    """For the manifest and `import_file --json`: the figures of the run's page."""
    if result is None:
        return None
    return {
        "call": result.number,
        "rows": result.rows,
        "rest": result.rest,
        "figures": [
            {
                "name": line.name,
                "found": line.found,
                "of": line.most,
                "expected_low": round(line.expected.low),
                "expected_high": round(line.expected.high),
                "expected_most": line.most_rest,
            }
            for line in result.lines
        ],
    }


def result_of(run: Run, chunks: Sequence[Chunk]) -> CanaryResult:
    """Add up the canary's `chunks`."""
    rows = sum(chunk.rows for chunk in chunks)
    unhappy = any(chunk.workflow and chunk.workflow.is_unhappy for chunk in chunks)
    is_complete = all(map(_is_complete, chunks))
    return CanaryResult(
        number=chunks[0].number,
        rows=rows,
        rest=run.rows_ready - rows,
        figures=_figures(chunks, unhappy=unhappy) if is_complete else {},
        lines=tuple(_lines(run, chunks, unhappy=unhappy)) if is_complete else (),
        unhappy=unhappy,
        is_decided=any(map(_is_decided, chunks)),
    )


def words_of(result: CanaryResult) -> str:
    """`198 of 200 rows went in, 176 e-mails found, 176 of at most 200 credits charged.`"""
    words: dict[str, Callable[[Line], str]] = {
        IMPORTED: lambda line: f"{line.found:,} of {count(line.most, 'row')} went in",
        EMAILS: lambda line: f"{count(line.found, 'e-mail')} found",
        PHONES: lambda line: f"{count(line.found, 'phone')} found",
        CHARGE: lambda line: f"{line.found:,} of at most {count(line.most, 'credit')} charged",
    }
    said = [words[line.name](line) for line in result.lines if line.name in words]
    if not said or result.unhappy:
        said.append(missing_words(result))
    return f"{', '.join(said)}."


def missing_words(result: CanaryResult) -> str:
    """Why there are no figures, or no finds."""
    if result.unhappy and result.lines:
        return "its enrichment ended badly, so there are no finds to go by"
    if result.is_decided:
        return "a person decided on its rows, so there are no figures"
    return "its figures are shown once it is answered and enriched"


def _is_complete(chunk: Chunk) -> bool:
    is_over = chunk.workflow is None or chunk.workflow.is_over
    return chunk.state == ChunkState.DONE and not _is_decided(chunk) and is_over


def _is_decided(chunk: Chunk) -> bool:
    """Nobody counted its rows, and it keeps the problem it had."""
    return chunk.state == ChunkState.DONE and bool(chunk.problem)


def _figures(chunks: Iterable[Chunk], *, unhappy: bool) -> Figures:
    """The figures later calls are held against."""
    added: Figures = {}
    for chunk in chunks:
        finds = {} if unhappy else watching.finds_of(chunk)
        for name, share in (watching.skips_of(chunk) | finds).items():
            so_far = added.get(name, Share(0, 0))
            added[name] = Share(so_far.part + share.part, so_far.of + share.of)
    return added


def _lines(run: Run, chunks: Sequence[Chunk], *, unhappy: bool) -> Iterable[Line]:
    """By row sent, so that one share tells what a row of the rest will bring."""
    rows = sum(chunk.rows for chunk in chunks)
    skipped = sum(chunk.rows_skipped for chunk in chunks)
    rest = run.rows_ready - rows
    yield _line(IMPORTED, rows - skipped, rows, rows, rest)
    yield _line(SKIPS, skipped, rows, rows, rest)
    flows = [chunk.workflow for chunk in chunks if chunk.workflow]
    if unhappy or not flows:
        return
    rest = given.rows_covered(run) - rows
    leads = rows - skipped
    unasked = watching.NOT_ASKED_FOR.get(run.enrichment_type)
    if unasked != EMAILS:
        yield _line(EMAILS, sum(flow.emails_found for flow in flows), leads, rows, rest)
    if unasked != PHONES:
        yield _line(PHONES, sum(flow.phones_found for flow in flows), leads, rows, rest)
    charged = sum(flow.credits_charged or 0 for flow in flows)
    most = most_credits(rows, run.enrichment_type)
    yield _line(CHARGE, charged, most, rows, rest, PER_LEAD[run.enrichment_type])


def _line(name: str, found: int, most: int, rows: int, rest: int, price: int = 1) -> Line:
    share = Share(found / price, rows)
    return Line(
        name=name,
        found=found,
        most=most,
        expected=share.among(rest).times(price),
        likely=share.value * rest * price,
        most_rest=rest * price,
    )
