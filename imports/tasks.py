"""Background entry points: pick what is next, call a service.

Services never enqueue: they write `wake_at`, and the periodic job below calls workers. A task
names nothing, so however many there are and however late they come, what has waited longest
is next; and a run whose worker died is found by the same rule as a new one.
"""

from __future__ import annotations

from django_tasks import task

from imports.models import ReadBack, Run, RunState
from imports.services import checking, reading_back, retention, sending
from imports.services.turns import is_work_open, pick_next, waiting_for_workers
from jobs import periodic
from jobs import services as jobs

# Seconds until the next look though nothing was written.
WHILE_WORK_IS_OPEN, WHILE_NONE_IS = 0.5, 5.0


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


@periodic.look("call workers to imports")
def call_workers() -> float:
    """See that as many tasks wait for a worker as there is work for."""
    waiting = waiting_for_workers()
    if waiting:
        for _ in range(waiting - jobs.queued(work_on_next)):
            work_on_next.enqueue()
    return WHILE_WORK_IS_OPEN if waiting or is_work_open() else WHILE_NONE_IS
