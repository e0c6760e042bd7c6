"""The heart of a worker: a thread that renews its leases and says that it lives."""

from __future__ import annotations

import logging
import os
import socket
import threading
from datetime import datetime
from types import TracebackType

from django.conf import settings
from django.db import close_old_connections, connection
from django.utils import timezone

from jobs import pulse
from jobs.models import Lease, WorkerBeat, longest_step
from jobs.reaper import reap

logger = logging.getLogger("jobs.heart")


class Heart:
    """Beats three times a lease while its block runs; each beat also reaps for others."""

    def __init__(self, worker_id: str) -> None:
        self.worker_id = worker_id
        self.started_at = timezone.now()
        self._told_of: datetime | None = None
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heart", daemon=True)

    def __enter__(self) -> None:
        self.beat()
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)
        WorkerBeat.objects.filter(worker_id=self.worker_id).delete()

    def beat(self) -> None:
        now = timezone.now()
        Lease.objects.renew(self.worker_id)
        fields = {
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "started_at": self.started_at,
            "beat_at": now,
            "got_on_at": pulse.got_on_at(),
        }
        WorkerBeat.objects.update_or_create(worker_id=self.worker_id, defaults=fields)
        self._tell_if_stuck(now)
        reap()

    def _tell_if_stuck(self, now: datetime) -> None:
        """Once for each time: where the task hangs."""
        since = pulse.got_on_at()
        if now - since > longest_step() and since != self._told_of:
            self._told_of = since
            logger.error("The task has not got on since %s:\n%s", since, pulse.stack())

    def _run(self) -> None:
        while not self._stopped.wait(settings.JOB_LEASE_SECONDS / 3):
            close_old_connections()
            try:
                self.beat()
            except Exception:
                logger.exception("A heartbeat failed; the next one follows")
        connection.close()
