"""What workers leave in the database: leases, signs of life, turns."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

logger = logging.getLogger("jobs")


class Stopping(BaseException):
    """The worker has to stop before its task is done; the task goes back to the queue."""


def lease_length() -> timedelta:
    return timedelta(seconds=settings.JOB_LEASE_SECONDS)


def longest_step() -> timedelta:
    """A task that takes longer from one step to the next hangs."""
    return timedelta(seconds=settings.STUCK_SECONDS)


class LeaseQuerySet(models.QuerySet["Lease"]):
    def take(self, task_id: uuid.UUID, worker_id: str) -> uuid.UUID:
        """Give `worker_id` the right to the task; return the token that proves it."""
        fields = {
            "worker_id": worker_id,
            "token": uuid.uuid4(),
            "expires_at": timezone.now() + lease_length(),
        }
        return self.update_or_create(task_id=task_id, defaults=fields)[0].token

    def renew(self, worker_id: str) -> int:
        """Push the end of every lease this worker still has; return how many."""
        end = timezone.now() + lease_length()
        return self.filter(worker_id=worker_id).update(expires_at=end)

    def end_of(self, worker_ids: Iterable[str]) -> int:
        """End now what workers known to be dead had."""
        return self.filter(worker_id__in=worker_ids).update(expires_at=timezone.now())


class Lease(models.Model):
    """A worker's right to one running task, lost when it stops renewing it."""

    task_id = models.UUIDField(primary_key=True)
    worker_id = models.CharField(max_length=64, db_index=True)
    token = models.UUIDField(default=uuid.uuid4)
    expires_at = models.DateTimeField()

    objects = LeaseQuerySet.as_manager()

    def __str__(self) -> str:
        return f"{self.task_id} by {self.worker_id} until {self.expires_at}"


class WorkerBeat(models.Model):
    """The last sign of life of one worker; `got_on_at`: when its work last got on."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)
    got_on_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{self.worker_id} at {self.beat_at}"


class Turn(models.Model):
    """When a periodic job is due next, whichever worker takes it."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at}"


class LeasedTask(DBTaskResult[..., Any]):
    """A task as our worker sees it: claimed with a lease, finished only under that lease."""

    token: uuid.UUID

    class Meta:
        proxy = True

    def claim(self, worker_id: str) -> None:
        """Mark the task as running and lease it, in the caller's transaction."""
        super().claim(worker_id)
        self.token = Lease.objects.take(self.id, worker_id)

    def set_successful(self, return_value: Any) -> None:
        with transaction.atomic():
            if self._give_up_lease():
                super().set_successful(return_value)

    def set_failed(self, exc: BaseException) -> None:
        if connection.errors_occurred and not connection.is_usable():
            connection.close()  # what broke the task; the next query opens a new one
        with transaction.atomic():
            if not self._give_up_lease():
                return
            if isinstance(exc, Stopping):
                self.put_back()
            else:
                super().set_failed(exc)

    def put_back(self) -> None:
        """Return the task to the queue as if this worker had never claimed it."""
        self.status = "READY"
        self.worker_ids = self.worker_ids[:-1]
        self.save(update_fields=["status", "worker_ids"])

    def _give_up_lease(self) -> bool:
        gone, _ = Lease.objects.filter(task_id=self.id, token=self.token).delete()
        if not gone:
            logger.warning("Task %s was finished without its lease; result dropped", self.id)
        return bool(gone)
