"""What the portal knows of each enrichment the API runs for it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

UNHAPPY = frozenset({"failed", "cancelled", "terminated"})


class EnrichmentType(models.TextChoices):
    """What an import asks the API to find. `off` is a real choice and is sent as such."""

    OFF = "off", "No enrichment"
    PARTIAL = "partial", "E-mail and company"
    PHONE_ONLY = "phone_only", "Phone only"
    FULL = "full", "E-mail, company and phone"


_STATUS_WORDS = {
    "pending": "waiting",
    "completed": "finished",
    "completed_with_errors": "finished with errors",
    "terminated": "stopped",
}


class WorkflowQuerySet(models.QuerySet["Workflow"]):
    def open(self) -> WorkflowQuerySet:
        return self.filter(ended_at=None)

    def due(self) -> WorkflowQuerySet:
        """Open ones whose next look has come, the one looked at longest ago first."""
        due = self.open().filter(next_poll_at__lte=timezone.now())
        return due.order_by(Coalesce(F("last_polled_at"), F("created_at")), "pk")


class Workflow(models.Model):
    """One enrichment, over once `ended_at` is set: settled, or given up with a problem."""

    workflow_id = models.CharField(max_length=200, unique=True)
    list_id = models.CharField(max_length=100, db_index=True)
    enrichment_type = models.CharField(max_length=20)
    status = models.CharField(max_length=40, default="pending")
    total = models.PositiveIntegerField(default=0)
    processed = models.PositiveIntegerField(default=0)
    completed = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)
    emails_found = models.PositiveIntegerField(default=0)
    phones_found = models.PositiveIntegerField(default=0)
    # Credits: the most the quote allowed; taken; come back. Null = not known yet.
    credits_reserved = models.PositiveIntegerField(default=0)
    credits_charged = models.PositiveIntegerField(null=True)
    credits_refunded = models.PositiveIntegerField(null=True)
    refund_status = models.CharField(max_length=40, blank=True)
    refund_message = models.TextField(blank=True)
    created_at = models.DateTimeField(default=timezone.now, db_index=True)
    last_polled_at = models.DateTimeField(null=True)
    next_poll_at = models.DateTimeField(default=timezone.now)
    poll_failures = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True)
    problem = models.TextField(blank=True)

    objects = WorkflowQuerySet.as_manager()

    class Meta:
        indexes = [
            # `due()`, once a second.
            models.Index(
                fields=["next_poll_at"],
                condition=Q(ended_at=None),
                name="enrichment_open_due",
            )
        ]

    def __str__(self) -> str:
        return self.workflow_id

    @property
    def is_over(self) -> bool:
        return self.ended_at is not None

    @property
    def is_unhappy(self) -> bool:
        """Ended without a good end: failed, cancelled, or no longer known to the API."""
        return self.is_over and (bool(self.problem) or self.status in UNHAPPY)

    @property
    def percent(self) -> int:
        """Whole percent of the leads looked at."""
        return min(100, self.processed * 100 // self.total) if self.total else 0

    @property
    def status_words(self) -> str:
        """The API's status in a person's words; one we do not know as it is."""
        if self.is_over and self.problem:
            return "lost"
        return _STATUS_WORDS.get(self.status, self.status.replace("_", " "))

    @property
    def tone(self) -> str:
        """How the status is coloured: good, warn, bad, or accent while in work."""
        if not self.is_over:
            return "warn" if self.problem else "accent"
        if self.problem or self.status == "failed":
            return "bad"
        return "good" if self.status == "completed" else "warn"

    @property
    def type_words(self) -> str:
        known = self.enrichment_type in EnrichmentType.values
        kind = self.enrichment_type
        return str(EnrichmentType(kind).label) if known else kind.replace("_", " ")
