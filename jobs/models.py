"""What a worker leaves in the database so that others know it lives."""

from __future__ import annotations

import uuid
from typing import Any

from django.db import models
from django_tasks_db.models import DBTaskResult


class Lease(models.Model):
    """A worker's right to one running task, lost when it stops renewing it."""

    task_id = models.UUIDField(primary_key=True)
    worker_id = models.CharField(max_length=64)
    token = models.UUIDField(default=uuid.uuid4)
    expires_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.task_id} by {self.worker_id} until {self.expires_at}"


class WorkerBeat(models.Model):
    """The last sign of life of one worker."""

    worker_id = models.CharField(max_length=64, primary_key=True)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField()
    beat_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.worker_id} at {self.beat_at}"


class Turn(models.Model):
    """When a periodic job is due next, whichever worker takes it."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at}"


class LeasedTask(DBTaskResult[..., Any]):
    """A task as a worker of ours sees it: it may only be finished under its lease."""

    class Meta:
        proxy = True
