"""Background entry points: pick what is next, call a service.

Services never enqueue: they write `wake_at`, and the periodic job below calls workers. A task
names nothing, so however many there are and however late they come, what has waited longest
is next; and a run whose worker died is found by the same rule as a new one.
"""

from __future__ import annotations

from django_tasks import task

from imports.models import ReadBack, Run, RunState
from imports.services import checking, reading_back, retention, sending
from imports.services.turns import pick_next, waiting_for_workers
from jobs import periodic
from jobs import services as jobs


@task()
def work_on_next() -> None:
    match pick_next():
        case ReadBack(pk=pk):
            reading_back.advance(pk)
        case Run(pk=pk, state=RunState.CHECKING):
            checking.check(pk)
        case Run(pk=pk):
            sending.advance(pk)


@task()
def prune_old_runs() -> None:
    retention.prune()


@periodic.every(86_400, "prune old imports")
def prune_daily() -> None:
    prune_old_runs.enqueue()


@periodic.every(0.5, "call workers to imports")
def call_workers() -> None:
    """See that as many tasks wait for a worker as there is work for."""
    if waiting := waiting_for_workers():
        for _ in range(waiting - jobs.queued(work_on_next)):
            work_on_next.enqueue()
