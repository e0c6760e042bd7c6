"""What a worker holds while it works on something: a turn, lost without a sign of life."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import models
from django.db.models import Q


def wants_a_turn(now: datetime) -> Q:
    """Rows with work to do now whose turn nobody holds.

    A turn that is given back has no expiry; one that has expired was left by a worker that
    died or was stopped, so there is work whatever `wake_at` says.
    """
    return Q(turn_expires_at=None, wake_at__lte=now) | Q(turn_expires_at__lt=now)


class TurnChanges(TypedDict, total=False):
    """What is written about a turn besides who holds it."""

    wake_at: datetime | None
    waiting_for: str


class TakesTurns(models.Model):
    """Whoever works on it holds its turn; an expired turn may be taken over."""

    turn_token = models.CharField(max_length=32, blank=True)
    turn_expires_at = models.DateTimeField(null=True)
    beat_at = models.DateTimeField(null=True)
    wake_at = models.DateTimeField(null=True)
    waiting_for = models.CharField(max_length=200, blank=True)

    class Meta:
        abstract = True
