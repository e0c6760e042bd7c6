"""The background worker: the task engine's own, with a clock and a heart beside it."""

from __future__ import annotations

import logging
import os
import secrets
import socket
from typing import Any

from django_tasks.signals import task_finished, task_started

from jobs import pulse, seat
from jobs.clock import Clock
from jobs.engines import engine
from jobs.heart import Heart

logger = logging.getLogger("jobs.worker")


class Worker:
    """Runs tasks one at a time until told to stop.

    A worker that dies leaves nothing that has to be repaired: tasks carry nothing, and
    what it was at work on is found by the next look once its turn has run out.
    """

    def __init__(self, worker_id: str = "") -> None:
        self.worker_id = worker_id or _fresh_id()
        self._worker = engine().worker(self.worker_id)

    def run(self) -> None:
        """Work until SIGTERM, or `stop` from another thread; the running task ends first."""
        try:
            with seat.taken(self.worker_id), Heart(self.worker_id), Clock():
                logger.info("Worker %s is ready", self.worker_id)
                self._worker.start()
        finally:
            logger.info("Worker %s has stopped", self.worker_id)

    def stop(self) -> None:
        self._worker.stop()


def watch_tasks() -> None:
    """Have the pulse follow the tasks of this process."""
    task_started.connect(_begin, dispatch_uid="jobs.pulse")
    task_finished.connect(_end, dispatch_uid="jobs.pulse")


def _begin(**_: Any) -> None:
    pulse.begin()


def _end(**_: Any) -> None:
    pulse.end()


def _fresh_id() -> str:
    return f"{socket.gethostname()[:40]}-{os.getpid()}-{secrets.token_hex(3)}"
