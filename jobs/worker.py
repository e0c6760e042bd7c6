"""The background worker: django-tasks-db's, plus a lease so that no task is lost with it."""

from __future__ import annotations

import logging
import os
import secrets
import signal
import socket
import time
from types import FrameType
from typing import Any, cast

from django.db import OperationalError, close_old_connections, transaction
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from jobs import lease, periodic, pulse, seat
from jobs.heart import Heart
from jobs.models import LeasedTask, Stopping

logger = logging.getLogger("jobs.worker")

# Seconds between two looks at the queue: right after work, and when idle for a while.
BUSY_PAUSE, IDLE_PAUSE = 0.1, 0.5
# Seconds a task gets to end by itself after SIGTERM; then it goes back to the queue.
GRACE = 8.0


class LeaseWorker(Worker):
    """Runs tasks of every queue, at least once each, one at a time.

    A task is claimed together with a lease, which a thread renews. If the worker dies, the
    lease runs out and another worker runs the task again. SIGTERM lets the running task
    end for `GRACE` seconds, then puts it back.
    """

    def __init__(self, worker_id: str = "") -> None:
        super().__init__(
            queue_names=["*"],
            interval=IDLE_PAUSE,
            batch=False,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=worker_id or _fresh_id(),
            excluded_queue_names=[],
        )
        self.pause = BUSY_PAUSE

    def configure_signals(self) -> None:
        super().configure_signals()
        signal.signal(signal.SIGALRM, self.interrupt)

    def shutdown(self, signum: int, frame: FrameType | None) -> None:
        if not self.running:
            self.interrupt(signum, frame)
        self.running = False
        signal.setitimer(signal.ITIMER_REAL, GRACE)
        logger.info("Stopping after the running task" if self.running_task else "Stopping")

    def interrupt(self, signum: int, frame: FrameType | None) -> None:
        """End the running task now; it goes back to the queue."""
        if self.running_task:
            raise Stopping

    def run(self) -> None:
        with seat.taken(self.worker_id), Heart(self.worker_id):
            logger.info("Worker %s is ready", self.worker_id)
            while self.running:
                close_old_connections()
                self.take_turn()
        signal.setitimer(signal.ITIMER_REAL, 0)
        logger.info("Worker %s has stopped", self.worker_id)

    def take_turn(self) -> None:
        """Run what is due and one task, or wait a little."""
        pulse.got_on()
        try:
            periodic.run_due()
            task = self.claim()
        except OperationalError:
            logger.exception("The database did not answer; trying again")
            task = None
        if task is not None:
            self.run_task(task)
            self.pause = BUSY_PAUSE
        else:
            time.sleep(self.pause)
            self.pause = min(self.pause * 1.5, IDLE_PAUSE)

    def claim(self) -> LeasedTask | None:
        """Claim the next task that is ready, together with its lease."""
        ready = LeasedTask.objects.ready().filter(backend_name=self.backend_name)
        if not ready.exists():  # a plain read, so that idle workers take no write lock
            return None
        with transaction.atomic():
            task = cast(LeasedTask | None, ready.get_locked())
            if task is not None:
                task.claim(self.worker_id)
        return task

    def run_task(self, db_task_result: DBTaskResult[..., Any]) -> None:
        task = cast(LeasedTask, db_task_result)
        pulse.got_on()
        with lease.held(task.id, task.token, lambda: self.running):
            super().run_task(task)


def _fresh_id() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
