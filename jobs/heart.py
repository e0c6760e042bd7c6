"""The heart of a worker: a thread that says that it lives, and whether its work gets on."""

from __future__ import annotations

import logging
import os
import socket
from datetime import datetime
from types import TracebackType

from django.conf import settings
from django.db import close_old_connections
from django.utils import timezone

from jobs import pulse, seat
from jobs.models import WorkerBeat, longest_step
from jobs.threads import ThreadBeside

logger = logging.getLogger("jobs.heart")


class Heart(ThreadBeside):
    """Beats three times in `WORKER_SILENT_SECONDS` while its block runs."""

    name = "heart"

    def __init__(self, worker_id: str) -> None:
        super().__init__()
        self.worker_id = worker_id
        self.started_at = timezone.now()
        self._told_of: datetime | None = None

    def __enter__(self) -> None:
        self.beat()
        super().__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        WorkerBeat.objects.filter(worker_id=self.worker_id).delete()

    def work(self) -> None:
        while not self.stopped.wait(settings.WORKER_SILENT_SECONDS / 3):
            close_old_connections()
            try:
                self.beat()
            except Exception:
                logger.exception("A heartbeat failed; the next one follows")

    def beat(self) -> None:
        now = timezone.now()
        fields = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": self.started_at,
            "beat_at": now,
            "got_on_at": pulse.got_on_at(),
        }
        WorkerBeat.objects.update_or_create(worker_id=self.worker_id, defaults=fields)
        self._tell_if_stuck(now)
        _forget_dead_neighbours()

    def _tell_if_stuck(self, now: datetime) -> None:
        """Once for each time: where the task hangs."""
        since = pulse.got_on_at()
        if now - since > longest_step() and since != self._told_of:
            self._told_of = since
            logger.error("The task has not got on since %s:\n%s", since, pulse.stack())


def _forget_dead_neighbours() -> None:
    """Nobody takes a worker of this machine that was killed for one that lives."""
    if dead := seat.dead_neighbours():
        WorkerBeat.objects.filter(worker_id__in=dead).delete()
        seat.leave(dead)
