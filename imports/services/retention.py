"""What is deleted when an import is old: its file and the contents of its rows.

What stays is the audit record: the run, its chunks with their sums, reasons, row numbers
and request ids, so that the figures of its page stay true.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from imports.models import (
    Chunk,
    ChunkBody,
    FoundLead,
    LeadsBefore,
    ProblemRow,
    Run,
    RunState,
)
from imports.models.runs import OVER
from imports.services.pieces import pieces
from imports.services.storage import stored_path
from people import audit

# A check under way writes chunks, so a run that is checked just now is left for tomorrow.
DRAFTS = frozenset({RunState.UPLOADED, RunState.CHECKED})
# What the portal itself puts there: stored files, and uploads that were cut off.
OUR_FILES = re.compile(r"[0-9a-f]{32}\.table|tmp\w+\.upload.*", re.DOTALL)
ORPHAN_SECONDS = 86_400.0
# A checkpoint keeps writers away while it waits for readers, so it does not wait for long.
BRIEFLY_MS = 200

logger = logging.getLogger("imports.retention")


@dataclass(frozen=True)
class Pruned:
    """How many ended runs lost their contents, drafts were discarded, files were nobody's."""

    runs: int
    drafts: int
    orphans: int


def prune() -> Pruned:
    """Delete what is older than RETENTION_DAYS (0 = nothing), and files no run names.

    Safe to kill at any moment and to repeat: a run's rows are emptied in pieces, what it
    needs to be sent again or undone goes last, in one transaction with `pruned_at`, and a
    file left behind by a crash after that is an orphan the next time.
    """
    days = settings.RETENTION_DAYS
    runs = drafts = 0
    if days > 0:
        before = timezone.now() - timedelta(days=days)
        runs = sum(map(_prune, _old_runs(before)))
        drafts = sum(map(_discard, _old_drafts(before)))
        _delete_discarded()
    if runs or drafts:
        _shrink_log()
    return Pruned(runs, drafts, _remove_orphans())


def _old_runs(before: datetime) -> QuerySet[Run]:
    return Run.objects.filter(state__in=OVER, ended_at__lt=before, pruned_at=None)


def _old_drafts(before: datetime) -> QuerySet[Run]:
    return Run.objects.filter(state__in=DRAFTS, created_at__lt=before)


def _prune(run: Run) -> bool:
    """Empty one run, unless somebody sets it going again meanwhile."""
    still_over = Run.objects.filter(pk=run.pk, state__in=OVER, pruned_at=None)
    for rows in pieces(ProblemRow.objects.filter(run=run)):
        with transaction.atomic():
            if not still_over.select_for_update():
                return False
            rows.update(cells=[], value="", search_text="")
    for found in pieces(FoundLead.objects.filter(read_back__run=run)):
        found.update(name="")
    with transaction.atomic():
        if not still_over.update(pruned_at=timezone.now()):
            return False
        ChunkBody.objects.filter(chunk__run=run).delete()
        LeadsBefore.objects.filter(run=run).delete()
        audit.record(None, "deleted the rows of an import", run)
    _remove(stored_path(run))
    return True


def _discard(run: Run) -> bool:
    """Cancel a draft nobody came back to; it leaves nothing but its line in the history."""
    now = timezone.now()
    ended = {"ended_at": now, "pruned_at": now, "plan": "", "wake_at": None}
    with transaction.atomic():
        if not Run.objects.move(run.pk, DRAFTS, RunState.CANCELLED, **ended):
            return False
        audit.record(None, "discarded an import", run)
    _remove(stored_path(run))
    return True


def _delete_discarded() -> None:
    """Delete the plans of drafts, also those that a crash left the last time."""
    discarded = Run.objects.filter(state=RunState.CANCELLED, plan="", started_at=None)
    pruned = discarded.exclude(pruned_at=None)
    for rows in pieces(ProblemRow.objects.filter(run__in=pruned)):
        rows.delete()
    for chunks in pieces(Chunk.objects.filter(run__in=pruned)):
        chunks.delete()


def _shrink_log() -> None:
    """Give back the disk that SQLite's -wal file has taken, if nobody reads just now."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        [[patience]] = cursor.execute("PRAGMA busy_timeout").fetchall()
        cursor.execute(f"PRAGMA busy_timeout = {BRIEFLY_MS}")
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {patience}")


def _remove_orphans() -> int:
    """Remove files older than a day that no run needs.

    A database without any run is taken for the wrong one, and nothing is removed.
    """
    found = list(_old_files(time.time() - ORPHAN_SECONDS))
    if not found or not Run.objects.exists():
        return 0
    needed = set(Run.objects.filter(pruned_at=None).values_list("stored_name", flat=True))
    return sum(_remove(path) for path in found if path.name not in needed)


def _old_files(before: float) -> Iterator[Path]:
    for path in Path(settings.MEDIA_ROOT).glob("*"):
        if OUR_FILES.fullmatch(path.name) and path.is_file() and _changed(path) < before:
            yield path


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _remove(path: Path) -> bool:
    """Remove a file; what the disk refuses is logged and tried again tomorrow."""
    try:
        path.unlink()
    except FileNotFoundError:
        return False
    except OSError:
        logger.exception("Could not remove %s", path)
        return False
    return True
