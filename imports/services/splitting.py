"""Halving a chunk that the API called too large."""

from __future__ import annotations

import csv
import hashlib
import io
import zlib
from typing import Any

from django.db import transaction
from django.db.models import Max

from imports.core.plan import encode_body, pack_rows, unpack_rows
from imports.models import Chunk, ChunkBody
from imports.services.claims import renewed


def halve(chunk: Chunk, token: str) -> Chunk | None:
    """Keep the first half in `chunk`, move the second to a new chunk at the end.

    Both start without a key. Returns the new chunk, or None if the turn was lost.
    """
    header, *records = _records(zlib.decompress(chunk.body.packed_csv))
    rows = unpack_rows(chunk.row_numbers)
    middle = len(records) // 2
    with transaction.atomic():
        first = _facts(header, records[:middle], rows[:middle])
        if not chunk.change(token, **first[0], **renewed(chunk)):
            return None
        ChunkBody.objects.filter(chunk=chunk).update(packed_csv=first[1])
        return _add(chunk, *_facts(header, records[middle:], rows[middle:]))


def _add(chunk: Chunk, facts: dict[str, Any], packed_csv: bytes) -> Chunk:
    same_plan = Chunk.objects.filter(run=chunk.run, plan=chunk.plan)
    last = same_plan.aggregate(last=Max("number"))["last"]
    added = Chunk.objects.create(run=chunk.run, plan=chunk.plan, number=last + 1, **facts)
    ChunkBody.objects.create(chunk=added, packed_csv=packed_csv)
    return added


def _records(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))


def _facts(
    header: list[str], records: list[list[str]], rows: list[int]
) -> tuple[dict[str, Any], bytes]:
    body = encode_body(header, records)
    facts: dict[str, Any] = {
        "rows": len(records),
        "row_numbers": pack_rows(rows),
        "body_bytes": len(body),
        "body_sha256": hashlib.sha256(body).hexdigest(),
    }
    return facts, zlib.compress(body)
