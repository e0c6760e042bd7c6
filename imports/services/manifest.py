"""A run's audit record as one JSON document: what was planned, asked and answered."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Count, Q

from imports.models import Chunk, Purpose, ReadBack, Run
from imports.services.around import Around
from imports.services.progress import as_json, progress_of

CHUNK_FIELDS = [
    "number",
    "rows",
    "row_numbers",
    "body_bytes",
    "body_sha256",
    "state",
    "idempotency_key",
    "attempts",
    "quotes",
    "quote_id",
    "first_sent_at",
    "answered_at",
    "rows_imported",
    "rows_skipped",
    "rows_named",
    "rows_undone",
    "skip_reasons",
    "request_id",
    "replayed",
    "problem",
    "enriches",
    "is_canary",
    "out_of_range",
]


def manifest(run: Run, near: Around | None = None) -> Iterator[str]:
    """The manifest in pieces, a chunk at a time, so that its length costs no memory.

    An object with `import`, `file`, `reading`, `enrichment`, `mapping`, `people`, `times`,
    `undos`, `figures_shown` (for which a run with a canary paused), `sums` and `chunks`; the
    sums are those of the run's page.
    """
    head = json.dumps(_head(run, near), cls=DjangoJSONEncoder, indent=1)
    yield head[:-2] + ',\n "chunks": ['
    separator = "\n"
    for chunk in _chunks(run):
        yield separator + json.dumps(chunk, cls=DjangoJSONEncoder)
        separator = ",\n"
    yield "\n ]\n}\n"


def _head(run: Run, near: Around | None) -> dict[str, Any]:
    return {
        "import": run.pk,
        "file": {"name": run.file_name, "bytes": run.file_size, "sha256": run.file_sha256},
        "list": {"list_id": run.list_id, "name": run.list_name},
        "reading": {
            "encoding": run.encoding,
            "delimiter": run.delimiter,
            "quotechar": run.quotechar,
            "header_row": run.header_row,
        },
        "enrichment": {"type": run.enrichment_type, "only_missing": run.enriches_only_missing},
        "mapping": {field: run.headers[index] for field, index in run.mapping.items()},
        "people": {
            "uploaded_by": run.created_by.username,
            "started_by": run.started_by.username if run.started_by else None,
            "cancelled_by": run.cancelled_by.username if run.cancelled_by else None,
        },
        "times": {
            "uploaded": run.created_at,
            "started": run.started_at,
            "sent": run.sent_at,
            "ended": run.ended_at,
            "rows_deleted": run.pruned_at,
        },
        "undos": list(_undos(run)),
        "figures_shown": run.figures_shown,
        "sums": as_json(progress_of(run, near)),
    }


def _undos(run: Run) -> Iterator[dict[str, Any]]:
    """Undos that a person agreed to, oldest first."""
    agreed = ReadBack.objects.filter(run=run, purpose=Purpose.UNDO).exclude(confirmed_at=None)
    taken_out = Count("found", filter=Q(found__removed_at__isnull=False))
    undos = agreed.select_related("chunk", "confirmed_by").annotate(taken_out=taken_out)
    for undo in undos.order_by("pk"):
        yield {
            "state": undo.state,
            "chunk": undo.chunk.number if undo.chunk else None,
            "agreed_by": undo.confirmed_by.username if undo.confirmed_by else None,
            "agreed": undo.confirmed_at,
            "leads_taken_out": vars(undo)["taken_out"],
        }


def _chunks(run: Run) -> Iterator[dict[str, Any]]:
    rows = Chunk.objects.of_plan(run).values(
        *CHUNK_FIELDS, "workflow__workflow_id", "workflow__credits_charged"
    )
    for row in rows.iterator(chunk_size=500):
        yield row | {"enriches": run.enriches and row["enriches"]}
