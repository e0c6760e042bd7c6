"""The canary: rows from all over the file go first, and the rest waits for a person's word.

Where a run stands with its canary is told by the canary's chunks and `Run.figures_shown`;
each step here is one transaction, so a worker that dies leaves the next the same question.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from django.conf import settings
from django.db.models import F

from imports.core import canary
from imports.core.plan import encode_row, unpack_rows
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.models.chunks import OPEN
from imports.services import given, outlook, splitting, telling, watching
from imports.services.turns import Turn
from imports.services.watching import SENDING
from imports.services.writing import Writing

NOW = 0.0
# Its enrichment runs: nothing is to be done but to look again, without holding a worker.
AWAITED: Final = float("inf")


@dataclass
class Donor:
    """A chunk that gives rows to the canary, with what it carries."""

    chunk: Chunk
    header: list[str]
    records: list[list[str]]
    rows: list[int]


def step(run: Run, turn: Turn) -> float | None:
    """Do what the canary of a sending run wants done before the next call.

    Returns the seconds until the next step, or None when a call may be made.
    """
    if not run.canary:
        return None
    if not run.waits_for_canary:
        return NOW if watching.judge(run, turn) else None
    chunks = list(outlook.canary_chunks(run))
    if not chunks:
        return _make(run, turn)
    return _await(run, turn, chunks)


def calls_with(calls: int, *, is_asked: bool) -> int:
    """How many chunks a plan of `calls` has with a canary: its rows come out of others,
    none of which is emptied. A plan of one call has none."""
    return calls + 1 if is_asked and calls > 1 else calls


def _await(run: Run, turn: Turn, chunks: Sequence[Chunk]) -> float | None:
    rest = Chunk.objects.of_plan(run).filter(is_canary=False, state=ChunkState.READY)
    if any(chunk.state in OPEN for chunk in chunks) or not rest.exists():
        return None
    entry = watching.shown(chunks[0].number, {})
    if broken := [chunk for chunk in chunks if chunk.state != ChunkState.DONE]:
        words, tell = _failed_words(broken[0]), _telling_of(run, broken)
        with turn.writing() as write:
            watching.pause(run, write, PauseReason.CANARY_FAILED, words, entry, tell)
        return NOW
    if any(chunk.workflow and not chunk.workflow.is_over for chunk in chunks):
        return AWAITED
    result = outlook.result_of(run, chunks)
    entry = watching.shown(chunks[0].number, result.figures)
    tell = partial(telling.paused, run, PauseReason.CANARY, outlook.words_of(result))
    with turn.writing() as write:
        watching.pause(run, write, PauseReason.CANARY, "", entry, tell)
    return NOW


def _failed_words(chunk: Chunk) -> str:
    state = "failed" if chunk.state == ChunkState.FAILED else "has an unknown outcome"
    return f"The test batch {state}: {chunk.problem}"


def _telling_of(run: Run, broken: Sequence[Chunk]) -> Callable[[], None]:
    """What is told of a pause for a canary without a result; of one whose outcome is unknown
    that was said already, with what it means for the rest."""
    unknown = [chunk for chunk in broken if chunk.state == ChunkState.UNKNOWN]
    if unknown:
        return partial(telling.doubtful, run, unknown[0])
    words = _failed_words(broken[0])
    return partial(telling.paused, run, PauseReason.CANARY_FAILED, words)


def _make(run: Run, turn: Turn) -> float:
    """Take the canary's rows out of their chunks, all or none."""
    donors = _donors(run)
    weights = [[len(encode_row(record)) for record in donor.records] for donor in donors]
    room = settings.CHUNK_MAX_BYTES - len(encode_row(donors[0].header))
    rows = given.rows_covered(run) or run.rows_ready
    wanted = min(canary.size_of(rows), settings.CHUNK_MAX_ROWS)
    gifts = canary.choose(weights, wanted, room)
    taken = _taken(donors, gifts)
    with turn.writing() as write:
        more = F("calls_planned") + (1 if gifts else 0)
        if not write.move(SENDING, RunState.SENDING, calls_planned=more):
            return NOW
        if not gifts:  # Each chunk is one large row: the one in the middle goes whole.
            write.chunk(donors[len(donors) // 2].chunk, is_canary=True)
            return NOW
        _store(write, [donors[gift.index] for gift in gifts])
        facts, packed_csv = splitting.facts_of(donors[0].header, *taken)
        facts |= {"is_canary": True, "enriches": donors[0].chunk.enriches}
        splitting.add_chunk(write, run, facts, packed_csv)
    return NOW


def _donors(run: Run) -> list[Donor]:
    """Calls that enrich, where any does: what they find is what a person waits for."""
    plan = Chunk.objects.of_plan(run).order_by("number")
    wanted = plan.filter(enriches=True) if given.rows_covered(run) else plan
    keys = list(wanted.values_list("pk", flat=True))
    chosen = [keys[at] for at in canary.donors_of(len(keys))]
    chunks = Chunk.objects.filter(pk__in=chosen).select_related("body").order_by("number")
    return [_donor(chunk) for chunk in chunks]


def _donor(chunk: Chunk) -> Donor:
    header, *records = splitting.records_of(chunk)
    return Donor(chunk, header, records, unpack_rows(chunk.row_numbers))


def _taken(
    donors: Sequence[Donor], gifts: Sequence[canary.Gift]
) -> tuple[list[list[str]], list[int]]:
    """Move the gifts out of their donors; return them in the order of the file."""
    records: list[list[str]] = []
    rows: list[int] = []
    for gift in gifts:
        donor, given = donors[gift.index], set(gift.places)
        records += [donor.records[place] for place in gift.places]
        rows += [donor.rows[place] for place in gift.places]
        donor.records = [each for at, each in enumerate(donor.records) if at not in given]
        donor.rows = [each for at, each in enumerate(donor.rows) if at not in given]
    return records, rows


def _store(write: Writing, donors: Sequence[Donor]) -> None:
    for donor in donors:
        facts, packed_csv = splitting.facts_of(donor.header, donor.records, donor.rows)
        donor.chunk.body.packed_csv = packed_csv
        write.chunk(donor.chunk, **facts)
    write.save([donor.chunk.body for donor in donors], ["packed_csv"])
