"""What keeps the worker's own tables small."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import QuerySet
from django.utils import timezone

from jobs.engines import engine
from jobs.models import WorkerBeat
from jobs.periodic import every


def _long_dead() -> QuerySet[WorkerBeat]:
    """Workers that died on a machine that did not come back."""
    return WorkerBeat.objects.filter(beat_at__lt=timezone.now() - timedelta(days=1))


@every(3600, "forget finished tasks")
def forget_finished_tasks() -> None:
    """Forget what is known of tasks that ended, or were lost, long ago."""
    engine().forget_finished()


@every(3600, "forget dead workers", is_due=lambda: _long_dead().exists())
def forget_dead_workers() -> None:
    """Drop their signs of life."""
    _long_dead().delete()
