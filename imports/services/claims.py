"""Claiming a chunk: its key and `sending` are on disk before the call leaves."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from cleanlist_api.records import CsvUpload
from imports.core.outcomes import FIELDS
from imports.models import Chunk, ChunkState, Run, RunState
from imports.models.chunks import ChunkChanges
from imports.services import given, quoting
from imports.services.turns import Turn

# The API replays a key for 24 h (contract 3.2); an hour is left for clocks that differ.
REPLAY_WINDOW = timedelta(hours=23)


@dataclass(frozen=True)
class Request:
    """What one csv-import call sends, rebuilt from what is stored, byte for byte."""

    list_id: str
    upload: CsvUpload


def next_chunk(run: Run, now: datetime) -> Chunk | None:
    return Chunk.objects.claimable(run, now).first()


def is_beyond_replay(chunk: Chunk, now: datetime) -> bool:
    """Whether asking again might import twice: too long since the first attempt."""
    return chunk.first_sent_at is not None and now - chunk.first_sent_at > REPLAY_WINDOW


def claim(run: Run, chunk: Chunk, turn: Turn, now: datetime) -> bool:
    """Commit key and state `sending`; only then may the call leave. False once a person has
    paused or cancelled the run; raises TurnLost."""
    cost = chunk.credits_quoted if chunk.quote_id else quoting.most_of(run, chunk)
    as_seen = RunState(run.state)
    with turn.writing() as write:
        if not write.move({as_seen}, as_seen, waiting_for=""):
            return False
        write.chunk(
            chunk,
            asked_before=chunk.state != ChunkState.READY,
            state=ChunkState.SENDING,
            idempotency_key=chunk.idempotency_key or _key(run, chunk),
            credits_quoted=cost,
            first_sent_at=chunk.first_sent_at or now,
            attempts=chunk.attempts + 1,
            next_try_at=None,
        )
    return True


def request_of(run: Run, chunk: Chunk) -> Request:
    """Rebuild the call of a claimed chunk. Raises ValueError if the stored body changed, or if
    it holds rows that a run which enriches only where missing must not send with it."""
    csv = zlib.decompress(chunk.body.packed_csv)
    if hashlib.sha256(csv).hexdigest() != chunk.body_sha256:
        raise ValueError(f"The stored body of {chunk} is not what was planned")
    if rows := given.strays(run, chunk, csv):
        has = "have what it would pay for" if chunk.enriches else "lack what was to be found"
        raise ValueError(f"{rows} rows of {chunk} {has}")
    upload = CsvUpload(
        csv=csv,
        column_mapping=column_mapping(run),
        dispatch_enrichment=chunk.is_enriched_by(run),
        enrichment_type=chunk.enrichment_of(run) if chunk.is_enriched_by(run) else None,
        quote_id=chunk.quote_id or None,
        idempotency_key=chunk.idempotency_key,
    )
    return Request(run.list_id, upload)


def column_mapping(run: Run) -> dict[str, str]:
    """Field -> header of the body; the planner writes field names as headers."""
    return {field: field for field in FIELDS if field in run.mapping}


def renewed(chunk: Chunk) -> ChunkChanges:
    """Changes that give a chunk a fresh start after a proof that nothing took effect."""
    return {
        "state": ChunkState.READY,
        "idempotency_key": "",
        "key_generation": chunk.key_generation + 1,
        "quote_id": "",
        "quote_expires_at": None,
        "credits_quoted": 0,
        "quotes_refused": 0,
        "first_sent_at": None,
        "next_try_at": None,
        "faults": 0,
    }


def _key(run: Run, chunk: Chunk) -> str:
    """The API's keys are org-wide and forget the list, so the list is in the key."""
    parts = (run.key_salt, chunk.number, run.list_id, chunk.body_sha256, chunk.key_generation)
    return "cp-" + hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()[:48]
