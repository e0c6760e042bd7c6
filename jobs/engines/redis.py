"""Tasks in Redis, run by RQ's worker: for a team whose workers run on several machines."""

from __future__ import annotations

from datetime import timedelta
from types import FrameType
from typing import Any

import django_rq
from django.db import close_old_connections
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_rq import Job
from rq import Queue, SimpleWorker
from rq.job import Job as BaseJob
from rq.registry import FailedJobRegistry

from jobs import stopping

QUEUE = "default"
FORGET_FAILED_AFTER = timedelta(days=14)


class RedisWorker(SimpleWorker):
    """RQ's worker that runs a task in its own process, so that its beat speaks for it."""

    def start(self) -> None:
        self.work(logging_level="WARNING", with_scheduler=False)

    def stop(self) -> None:
        self._stop_requested = True

    def execute_job(self, job: BaseJob, queue: Queue) -> None:
        """As before a request: a connection that the last task left broken is let go."""
        close_old_connections()
        super().execute_job(job, queue)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        stopping.ask()
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def worker(worker_id: str) -> RedisWorker:
    queue = django_rq.get_queue(QUEUE, job_class=Job)
    return RedisWorker([queue], connection=queue.connection, name=worker_id, job_class=Job)


def queued(task: Task[..., Any]) -> int:
    waiting = django_rq.get_queue(QUEUE, job_class=Job).jobs
    return sum(job.func_name == task.module_path for job in waiting)


def forget_finished() -> None:
    """Forget tasks that failed two weeks ago; of others Redis keeps nothing for long."""
    queue = django_rq.get_queue(QUEUE, job_class=Job)
    failed = FailedJobRegistry(queue=queue, job_class=Job)
    old = timezone.now() - FORGET_FAILED_AFTER
    for job in Job.fetch_many(failed.get_job_ids(), connection=queue.connection):
        if job is not None and job.ended_at is not None and job.ended_at < old:
            failed.remove(job, delete_job=True)
