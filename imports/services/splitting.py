"""Cutting the rows of chunks anew: into halves, or out of several into one."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from collections.abc import Sequence

from django.db.models import Max

from imports.core.plan import PlannedChunk, encode_body, pack_rows, unpack_rows
from imports.models import Chunk, ChunkBody, Run
from imports.models.chunks import ChunkChanges
from imports.services.claims import renewed
from imports.services.writing import Writing

Record = Sequence[str]


def halve(write: Writing, chunk: Chunk) -> Chunk:
    """Keep the first half in `chunk`, move the second to a new chunk at the end.

    Both start without a key. Returns the new chunk.
    """
    header, *records = records_of(chunk)
    rows = unpack_rows(chunk.row_numbers)
    middle = len(records) // 2
    first, first_csv = facts_of(header, records[:middle], rows[:middle])
    second, second_csv = facts_of(header, records[middle:], rows[middle:])
    fresh: ChunkChanges = {"skips_quote": False}  # for how many rows there are is known again
    chunk.body.packed_csv = first_csv
    write.chunk(chunk, **(first | renewed(chunk) | fresh))
    write.save([chunk.body], ["packed_csv"])
    second |= {"is_canary": chunk.is_canary, "enriches": chunk.enriches}
    return add_chunk(write, chunk.run, second, second_csv)


def planned_chunk(
    run: Run, plan: str, planned: PlannedChunk, *, enriches: bool = True
) -> tuple[Chunk, ChunkBody]:
    """A chunk of `plan` with its body, yet to be stored."""
    facts: ChunkChanges = {
        "number": planned.number,
        "rows": len(planned.rows),
        "row_numbers": pack_rows(planned.rows),
        "body_bytes": len(planned.body),
        "body_sha256": hashlib.sha256(planned.body).hexdigest(),
        "enriches": enriches,
    }
    chunk = Chunk(run=run, plan=plan, **facts)
    return chunk, ChunkBody(chunk=chunk, packed_csv=zlib.compress(planned.body))


def add_chunk(write: Writing, run: Run, facts: ChunkChanges, packed_csv: bytes) -> Chunk:
    """Make the chunk that comes after the last one of the run's plan."""
    last = Chunk.objects.of_plan(run).aggregate(last=Max("number"))["last"]
    added = Chunk(run=run, plan=run.plan, **(facts | {"number": last + 1}))
    write.add([added])
    write.add([ChunkBody(chunk=added, packed_csv=packed_csv)])
    return added


def records_of(chunk: Chunk) -> list[list[str]]:
    """The header and the rows that a chunk sends."""
    body = zlib.decompress(chunk.body.packed_csv)
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def facts_of(
    header: Record, records: Sequence[Record], rows: Sequence[int]
) -> tuple[ChunkChanges, bytes]:
    """A chunk's fields that say what it carries, and the body to store."""
    body = encode_body(header, records)
    facts: ChunkChanges = {
        "rows": len(records),
        "row_numbers": pack_rows(rows),
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    return facts, zlib.compress(body)
