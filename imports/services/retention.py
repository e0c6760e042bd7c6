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
from django.db import transaction
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
from imports.services.storage import stored_path
from people import audit

# A check under way writes chunks, so a run that is checked just now is left for tomorrow.
DRAFTS = frozenset({RunState.UPLOADED, RunState.CHECKED})
# What the portal itself puts there: stored files, and uploads that were cut off.
OUR_FILES = re.compile(r"[0-9a-f]{32}\.table|tmp\w+\.upload.*", re.DOTALL)
ORPHAN_SECONDS = 86_400.0

logger = logging.getLogger("imports.retention")


@dataclass(frozen=True)
class Pruned:
    """How many ended runs lost their contents, drafts were discarded, files were nobody's."""

    runs: int
    drafts: int
    orphans: int


def prune() -> Pruned:
    """Delete what is older than RETENTION_DAYS (0 = nothing), and files no run names.

    Safe to kill at any moment and to repeat: a run's rows go in one transaction, and a
    file left behind by a crash after it is an orphan the next time.
    """
    days = settings.RETENTION_DAYS
    runs = drafts = 0
    if days > 0:
        before = timezone.now() - timedelta(days=days)
        runs = sum(map(_prune, _old_runs(before)))
        drafts = sum(map(_discard, _old_drafts(before)))
    return Pruned(runs, drafts, _remove_orphans())


def _old_runs(before: datetime) -> QuerySet[Run]:
    return Run.objects.filter(state__in=OVER, ended_at__lt=before, pruned_at=None)


def _old_drafts(before: datetime) -> QuerySet[Run]:
    return Run.objects.filter(state__in=DRAFTS, created_at__lt=before)


def _prune(run: Run) -> bool:
    """Empty one run, unless somebody set it going again meanwhile."""
    with transaction.atomic():
        still_over = Run.objects.filter(pk=run.pk, state__in=OVER, pruned_at=None)
        if not still_over.update(pruned_at=timezone.now()):
            return False
        ChunkBody.objects.filter(chunk__run=run).delete()
        rows = ProblemRow.objects.filter(run=run)
        rows.update(cells=[], value="", search_text="")
        FoundLead.objects.filter(read_back__run=run).update(name="")
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
        ProblemRow.objects.filter(run=run).delete()
        Chunk.objects.filter(run=run).delete()
        audit.record(None, "discarded an import", run)
    _remove(stored_path(run))
    return True


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
