"""A run with what its page shows of the world around it, in one query."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F

from imports.models import Run
from imports.services.beside import Sending, sending
from imports.services.versions import Version, version_among
from jobs.services import beating


@dataclass(frozen=True)
class Around:
    """Whether a worker lives, and which imports send."""

    is_worker_alive: bool
    sending: Sending


@dataclass(frozen=True)
class Found:
    """`version` is of the same moment as the run, so never newer than what is read later."""

    run: Run
    version: Version
    around: Around


def find(run_id: int) -> Found | None:
    """The run with its people; None where there is none."""
    people = Run.objects.select_related("created_by", "started_by", "cancelled_by")
    facts = {"number": F("versioned__number"), "alive": Exists(beating()), **sending()}
    row = people.filter(pk=run_id).annotate(**facts).first()
    if row is None:
        return None
    found = vars(row)
    version = version_among(found["number"], row.state, row.beat_at, row.started_at)
    return Found(row, version, Around(found["alive"], Sending.among(found)))


def around() -> Around:
    """What is around every run."""
    facts = {"alive": Exists(beating()), **sending()}
    found = Run.objects.order_by().annotate(**facts).values(*facts).first() or {}
    return Around(found.get("alive", False), Sending.among(found))
