"""The rate budget's memory, shared by every process. Times are seconds since the epoch."""

from __future__ import annotations

from django.db import models

from cleanlist_api.budget import Lane

LANES = [(lane.value, lane.value) for lane in Lane]


class RateBucket(models.Model):
    """One row per key and per organization; locking it makes a decision exclusive."""

    name = models.CharField(max_length=200, unique=True)
    # Of a key: the organization it belongs to, "" until the API has told.
    organization = models.CharField(max_length=200, blank=True)
    # A 429 stops all calls for `held_for` seconds from `held_at`.
    held_at = models.FloatField(default=0.0)
    held_for = models.FloatField(default=0.0)

    def __str__(self) -> str:
        return self.name


class RatedCall(models.Model):
    """One call that was let go."""

    key = models.CharField(max_length=200)
    organization = models.CharField(max_length=200)
    lane = models.CharField(max_length=10, choices=LANES)
    at = models.FloatField()

    class Meta:
        indexes = [
            # Every decision reads the window of both.
            models.Index(fields=["key", "at"], name="connections_call_key"),
            models.Index(fields=["organization", "at"], name="connections_call_org"),
        ]

    def __str__(self) -> str:
        return f"{self.lane} {self.at:.3f}"


class LaneWait(models.Model):
    """A page call, or a poll overdue, that waits for a slot; the lower lanes give way until
    `until`."""

    lane = models.CharField(max_length=10, choices=LANES, default=Lane.PAGE.value)
    key = models.CharField(max_length=200)
    waiter = models.CharField(max_length=100)
    until = models.FloatField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["key", "waiter"], name="connections_one_wait")
        ]

    def __str__(self) -> str:
        return f"{self.waiter} {self.until:.3f}"
