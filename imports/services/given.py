"""Rows of a file that have already what an enrichment would find, and what it costs to
enrich them all the same, or only the others."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from enrichment.models import EnrichmentType
from enrichment.services import already_given, found_by, most_credits
from imports.core.rows import given_of
from imports.models import Chunk, Run
from web.words import part_of

_HAVE = {
    EnrichmentType.PARTIAL: "an e-mail",
    EnrichmentType.PHONE_ONLY: "a phone",
    EnrichmentType.FULL: "both",
}


@dataclass(frozen=True)
class Coverage:
    """What an import of a checked file enriches: `rows`, in `enriching` of its `calls`; the
    rows `as_they_are` have what `kind` finds and go in without it. `most`: credits."""

    kind: EnrichmentType
    rows: int
    as_they_are: int
    calls: int
    enriching: int

    @property
    def most(self) -> int:
        return most_credits(self.rows, self.kind)

    @property
    def parts(self) -> bool:
        """Whether some rows are enriched and some are not, or none of them by choice."""
        return self.kind != EnrichmentType.OFF and self.as_they_are > 0


def coverage_of(run: Run, kind: EnrichmentType, *, only_missing: bool) -> Coverage:
    """What `kind` covers of a checked run, where wanted without the rows that have it."""
    if kind == EnrichmentType.OFF:
        return Coverage(kind, 0, run.rows_ready, run.calls_planned, 0)
    if not only_missing or not saves(run, kind):
        return Coverage(kind, run.rows_ready, 0, run.calls_planned, run.calls_planned)
    lack, have = run.calls_apart[found_by(kind)]
    as_they_are = already_given(run.given, kind)
    return Coverage(kind, run.rows_ready - as_they_are, as_they_are, lack + have, lack)


def saves(run: Run, kind: EnrichmentType) -> bool:
    """Whether enriching only where missing would leave rows out. False for a run that was
    checked by a version of the portal that did not count their calls."""
    return bool(already_given(run.given, kind)) and found_by(kind) in run.calls_apart


def may_part(run: Run, kind: EnrichmentType) -> bool:
    """Whether "only where missing" can be kept; trivially where no row has what is found."""
    return saves(run, kind) or not already_given(run.given, kind)


def rows_covered(run: Run) -> int:
    """How many rows of a started run go in with its enrichment."""
    if not run.enriches_only_missing:
        return run.rows_ready if run.enriches else 0
    return run.rows_ready - already_given(run.given, run.enrichment_type)


def having(header: Sequence[str], kind: str) -> Callable[[Sequence[str]], bool]:
    """Tells of a record under `header` (canonical fields) whether it has what `kind` finds."""
    found = found_by(kind)
    places = [header.index(name) if name in header else None for name in ("email", "phone")]

    def has(record: Sequence[str]) -> bool:
        email, phone = ("" if at is None else record[at] for at in places)
        return found in given_of(email, phone)

    return has


def strays(run: Run, chunk: Chunk, body: bytes) -> int:
    """Rows in the body of `chunk` that don't belong there: of a call that enriches those that
    have it already, and of another those that lack it; 0 where all rows are enriched."""
    if not run.enriches_only_missing:
        return 0
    header, *records = csv.reader(io.StringIO(body.decode(), newline=""))
    has = having(header, run.enrichment_type)
    return sum(has(record) == chunk.enriches for record in records)


def words_of(run: Run, kind: EnrichmentType, *, only_missing: bool = False) -> str:
    """How many rows of a checked run have what `kind` finds, and what that means for its
    price; "" where none has."""
    if not (have := already_given(run.given, kind)):
        return ""
    part = part_of(have, run.rows_ready, "row", "has", "have")
    if only_missing and saves(run, kind):
        goes = "goes in as it is" if have == 1 else "go in as they are"
        return f"{part} {_HAVE[kind]} already and {goes}"
    too = "it" if have == 1 else "them"
    return f"{part} {_HAVE[kind]} already; enriching pays for {too} too"
