"""Background entry points: fetch by id, call a service.

Services never enqueue: they write `wake_at`, and the periodic job below hands due runs to
a worker. So a run whose worker died is found again by the same rule as a new one.
"""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django_tasks import task

from imports.models import ReadBack, Run, RunState
from imports.services import checking, reading_back, retention, sending
from jobs import periodic

WOKEN_FOR = timedelta(seconds=10)


@task()
def check_run(run_id: int) -> None:
    checking.check(run_id)


@task()
def advance_run(run_id: int) -> None:
    sending.advance(run_id)


@task()
def advance_read_back(read_back_id: int) -> None:
    reading_back.advance(read_back_id)


@task()
def prune_old_runs() -> None:
    retention.prune()


@periodic.every(86_400, "prune old imports")
def prune_daily() -> None:
    prune_old_runs.enqueue()


@periodic.every(0.5, "wake due runs")
def wake_due_runs() -> None:
    """Hand each due run to a worker, once; if nobody takes it up, again later."""
    now = timezone.now()
    for run in Run.objects.due(now).only("pk", "state"):
        mine = Run.objects.due(now).filter(pk=run.pk)
        if mine.update(wake_at=now + WOKEN_FOR, turn_expires_at=None):
            job = check_run if run.state == RunState.CHECKING else advance_run
            job.enqueue(run.pk)


@periodic.every(0.5, "wake due read-backs")
def wake_due_read_backs() -> None:
    now = timezone.now()
    for read_back in ReadBack.objects.due(now).only("pk"):
        mine = ReadBack.objects.due(now).filter(pk=read_back.pk)
        if mine.update(wake_at=now + WOKEN_FOR, turn_expires_at=None):
            advance_read_back.enqueue(read_back.pk)
