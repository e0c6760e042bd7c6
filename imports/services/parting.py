"""Only where missing: the plan is cut anew, into calls that enrich and calls that don't.

It is the first step of a started run, before any call. All is written beside the plan and
takes its place in one transaction, so a worker that dies leaves the plan as it was.
"""

from __future__ import annotations

import hashlib
import uuid
import zlib
from collections.abc import Iterator

from django.conf import settings
from django.db.models import F, Max, Sum

from enrichment.services import most_credits
from imports.core.plan import Caps, PlannedChunk, Planner, encode_row, unpack_rows
from imports.models import Chunk, ChunkBody, ChunkState, OnlyMissing, Run, RunState
from imports.models.chunks import ChunkQuerySet
from imports.services import given, splitting
from imports.services.pieces import pieces
from imports.services.turns import Turn
from imports.services.writing import Writing

NOW = 0.0
SENDING = frozenset({RunState.SENDING})
# Chunks written in one transaction.
AT_ONCE = 20


def step(run: Run, turn: Turn) -> float | None:
    """Part the rows of a sending run where that is still to be done.

    Returns the seconds until the next step, or None when there is nothing to part. Raises
    ValueError, and changes nothing, if a stored body is not what was planned or the parts
    would not add up to what was approved.
    """
    if run.only_missing != OnlyMissing.TO_PART:
        return None
    _forget(run, turn)
    drafts = {True: uuid.uuid4().hex, False: uuid.uuid4().hex}
    _write(run, turn, drafts)
    with turn.writing() as write:
        is_parted = _take_the_place(write, run, drafts)
    if not is_parted:  # A person paused or cancelled it meanwhile.
        _forget(run, turn)
    return NOW


def _write(run: Run, turn: Turn, drafts: dict[bool, str]) -> None:
    made: list[tuple[Chunk, ChunkBody]] = []
    for planned, enriches in _parts(run):
        made.append(splitting.planned_chunk(run, drafts[enriches], planned, enriches=enriches))
        if len(made) == AT_ONCE:
            _store(turn, made)
    _store(turn, made)


def _store(turn: Turn, made: list[tuple[Chunk, ChunkBody]]) -> None:
    with turn.writing() as write:
        write.add([chunk for chunk, _ in made])
        write.add([body for _, body in made])
    made.clear()


def _parts(run: Run) -> Iterator[tuple[PlannedChunk, bool]]:
    """The rows of the plan in the order of the file, as new chunks; whether each enriches."""
    chunks = Chunk.objects.of_plan(run)
    keys = list(chunks.order_by("number").values_list("pk", flat=True))
    planners: dict[bool, Planner] = {}
    for key in keys:
        chunk = Chunk.objects.select_related("body").get(pk=key)
        _refuse_changed(chunk)
        header, *records = splitting.records_of(chunk)
        if not planners:
            caps = _caps(run)
            planners = {enriches: Planner(header, caps) for enriches in (True, False)}
            has = given.having(header, run.enrichment_type)
        for row, record in zip(unpack_rows(chunk.row_numbers), records, strict=True):
            enriches = not has(record)
            if done := planners[enriches].add(row, encode_row(record)):
                yield done, enriches
    for enriches, planner in planners.items():
        if last := planner.finish():
            yield last, enriches


def _caps(run: Run) -> Caps:
    """Those of today, but no row of the plan is too long."""
    longest = Chunk.objects.of_plan(run).aggregate(bytes=Max("body_bytes"))["bytes"]
    return Caps(settings.CHUNK_MAX_ROWS, max(settings.CHUNK_MAX_BYTES, longest))


def _refuse_changed(chunk: Chunk) -> None:
    body = zlib.decompress(chunk.body.packed_csv)
    if hashlib.sha256(body).hexdigest() != chunk.body_sha256:
        raise ValueError(f"The stored body of {chunk} is not what was planned")


def _take_the_place(write: Writing, run: Run, drafts: dict[bool, str]) -> bool:
    """Put the drafts where the plan was, those that enrich first; true if it was done."""
    plan = Chunk.objects.of_plan(run)
    parts = {
        enriches: Chunk.objects.filter(run=run, plan=drafts[enriches]) for enriches in drafts
    }
    _refuse_other_sums(run, parts)
    calls = {enriches: part.count() for enriches, part in parts.items()}
    if not write.move(
        SENDING,
        RunState.SENDING,
        only_missing=OnlyMissing.PARTED,
        calls_planned=sum(calls.values()),
    ):
        return False
    write.delete(plan)
    write.chunks(parts[True], plan=run.plan)
    write.chunks(parts[False], plan=run.plan, number=F("number") + calls[True])
    return True


def _refuse_other_sums(run: Run, parts: dict[bool, ChunkQuerySet]) -> None:
    """Nothing of the plan has left, no row is lost or doubled, and what is enriched costs no
    more than was approved."""
    if Chunk.objects.of_plan(run).exclude(state=ChunkState.READY).exists():
        raise ValueError(f"{run} is to be parted, but calls of it have left")
    rows = {enriches: _rows_of(part) for enriches, part in parts.items()}
    if sum(rows.values()) != run.rows_ready:
        raise ValueError(f"{run} has {run.rows_ready} rows, and its parts {rows}")
    if most_credits(rows[True], run.enrichment_type) > run.credits_most:
        raise ValueError(f"Parted, {run} would cost more than was approved: {rows}")


def _rows_of(chunks: ChunkQuerySet) -> int:
    return int(chunks.aggregate(rows=Sum("rows", default=0))["rows"])


def _forget(run: Run, turn: Turn) -> None:
    """Delete drafts, also those of a worker that died."""
    for chunks in pieces(Chunk.objects.filter(run=run).exclude(plan=run.plan)):
        with turn.writing() as write:
            write.delete(chunks)
