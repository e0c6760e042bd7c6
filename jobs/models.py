"""What workers leave in the database: signs of life, and when what comes round is due."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone


def longest_silence() -> timedelta:
    """A worker that gives no sign of life for longer counts as dead."""
    return timedelta(seconds=settings.WORKER_SILENT_SECONDS)


def longest_step() -> timedelta:
    """A task that takes longer from one step to the next hangs."""
    return timedelta(seconds=settings.STUCK_SECONDS)


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


class Schedule(models.Model):
    """When a periodic job is due next, whichever worker takes it."""

    name = models.CharField(max_length=100, primary_key=True)
    next_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.next_at}"
