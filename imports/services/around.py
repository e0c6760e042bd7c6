"""A run with what its page shows of the world around it, in one query."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Exists, F, OuterRef, Subquery

from imports.models import Run
from imports.services.beside import Sending, sending
from imports.services.versions import Version, version_among
from jobs.services import beating
from lists.models import KnownList


@dataclass(frozen=True)
class Around:
    """Whether a worker lives, which imports send, and the leads known of the run's list."""

    is_worker_alive: bool
    sending: Sending
    leads: int = 0


@dataclass(frozen=True)
class Found:
    """`version` is of the same moment as the run, so never newer than what is read later."""

    run: Run
    version: Version
    around: Around


def find(run_id: int) -> Found | None:
    """The run with its people; None where there is none."""
    people = Run.objects.select_related("created_by", "started_by", "cancelled_by")
    in_list = KnownList.objects.filter(pk=OuterRef("list_id")).values("lead_count")
    facts = {"number": F("versioned__number"), "alive": Exists(beating()), **sending()}
    facts["leads"] = Subquery(in_list)
    row = people.filter(pk=run_id).annotate(**facts).first()
    if row is None:
        return None
    found = vars(row)
    version = version_among(found["number"], row.state, row.beat_at, row.started_at)
    near = Around(found["alive"], Sending.among(found), found["leads"] or 0)
    return Found(row, version, near)


def around() -> Around:
    """What is around every run."""
    facts = {"alive": Exists(beating()), **sending()}
    found = Run.objects.order_by().annotate(**facts).values(*facts).first() or {}
    return Around(found.get("alive", False), Sending.among(found))
