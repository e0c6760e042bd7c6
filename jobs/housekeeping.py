"""What keeps the worker's own tables small."""

from __future__ import annotations

from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from jobs.models import WorkerBeat
from jobs.periodic import every


@every(600, "prune finished tasks")
def prune_finished_tasks() -> None:
    """Forget tasks that succeeded yesterday or failed two weeks ago."""
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=1,
        failed_min_age_days=14,
        verbosity=0,
    )


@every(3600, "forget dead workers")
def forget_dead_workers() -> None:
    """Drop the signs of life of workers that died on a machine that did not come back."""
    old = timezone.now() - timedelta(days=1)
    WorkerBeat.objects.filter(beat_at__lt=old).delete()
