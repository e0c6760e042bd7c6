"""Tasks in the portal's database, run by django-tasks-db's worker."""

from __future__ import annotations

import logging
import threading
import time
from datetime import timedelta
from types import FrameType
from typing import Any

from django.core.management import call_command
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks.base import Task
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult

from jobs import stopping
from jobs.changes import Changes

logger = logging.getLogger("jobs.worker")

# Seconds after which an empty queue is looked at again though nothing was written.
LOOK_AGAIN = 5.0
AFTER_A_FAILURE = 0.5
LOST_AFTER = timedelta(days=1)


class DatabaseWorker(db_worker.Worker):
    """The stock worker for tasks of every queue, let go whenever the database has changed."""

    def __init__(self, worker_id: str) -> None:
        super().__init__(
            queue_names=["*"],
            interval=0.0,
            batch=True,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id,
            excluded_queue_names=[],
        )
        self._changes = Changes()

    def start(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self.configure_signals()
        while self.running:
            try:
                self.run()
                self._wait_for_news()
            except (InterfaceError, OperationalError):
                logger.exception("The database did not answer; trying again")
                time.sleep(AFTER_A_FAILURE)

    def stop(self) -> None:
        self.running = False

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        stopping.ask()
        super().shutdown(signum, frame)

    def _wait_for_news(self) -> None:
        until = time.monotonic() + LOOK_AGAIN
        while self.running and time.monotonic() < until:
            time.sleep(self._changes.ask_every)
            if self._changes.have_come():
                return


worker = DatabaseWorker


def queued(task: Task[..., Any]) -> int:
    return DBTaskResult.objects.ready().filter(task_path=task.module_path).count()


def forget_finished() -> None:
    """Forget tasks that succeeded yesterday, failed two weeks ago, or lost their worker."""
    call_command(
        "prune_db_task_results",
        queue_name="*",
        min_age_days=1,
        failed_min_age_days=14,
        verbosity=0,
    )
    DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LOST_AFTER).delete()
