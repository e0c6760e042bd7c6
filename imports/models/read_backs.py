"""A list read back for the rows of an import, and what was in the list before."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.conf import settings
from django.db import models
from django.db.models import Q

from imports.models.chunks import Chunk
from imports.models.runs import Run
from imports.models.turns import TakesTurns, TurnChanges, wants_a_turn


class Purpose(models.TextChoices):
    """Why the list is read back."""

    EVIDENCE = "evidence", "Whether rows whose outcome is unknown are in the list"
    NAMES = "names", "Which rows the API skipped"
    UNDO = "undo", "Which leads an undo would take out"


class ReadBackState(models.TextChoices):
    READING = "reading", "Reading the list"
    READ = "read", "Read"
    NAMING = "naming", "Naming the skipped rows"
    READING_AGAIN = "reading_again", "Looking again"
    REMOVING = "removing", "Undoing"
    STOPPING = "stopping", "Stopping"
    DONE = "done", "Undone"
    STOPPED = "stopped", "Stopped"
    FAILED = "failed", "Failed"


TAKES_OUT = frozenset({ReadBackState.REMOVING, ReadBackState.STOPPING})
AT_WORK = TAKES_OUT | {
    ReadBackState.READING,
    ReadBackState.NAMING,
    ReadBackState.READING_AGAIN,
}


class ReadBackChanges(TurnChanges, total=False):
    """What a worker may change about a read-back."""

    state: ReadBackState
    cursor: str
    leads_read: int
    leads_total: int
    read_at: datetime | None
    ended_at: datetime | None
    failures_in_a_row: int
    problem: str
    request_id: str


class ReadBackQuerySet(models.QuerySet["ReadBack"]):
    def due(self, now: datetime) -> ReadBackQuerySet:
        return self.at_work().filter(wants_a_turn(now))

    def at_work(self) -> ReadBackQuerySet:
        return self.filter(state__in=AT_WORK)


class ReadBack(TakesTurns):
    """One look at all leads of a run's list, for all its rows or those of one chunk.

    An undo looks twice: `look` 1 is what a person sees and agrees to, `look` 2 is made right
    before leads are removed, so that what changed in between stays.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="read_backs")
    chunk = models.ForeignKey(Chunk, models.CASCADE, null=True, related_name="read_backs")
    purpose = models.CharField(max_length=10, choices=Purpose.choices)
    state = models.CharField(
        max_length=15, choices=ReadBackState.choices, default=ReadBackState.READING
    )
    look = models.PositiveSmallIntegerField(default=1)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField(auto_now_add=True)
    cursor = models.TextField(blank=True)
    leads_read = models.PositiveIntegerField(default=0)
    leads_total = models.PositiveIntegerField(null=True)
    read_at = models.DateTimeField(null=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+"
    )
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    failures_in_a_row = models.PositiveIntegerField(default=0)
    problem = models.TextField(blank=True)
    request_id = models.CharField(max_length=100, blank=True)

    objects = ReadBackQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run"],
                condition=Q(purpose=Purpose.UNDO, state__in=sorted(AT_WORK)),
                name="undo_one_at_a_time",
            )
        ]
        indexes = [models.Index(fields=["state", "wake_at"], name="read_back_due")]

    def __str__(self) -> str:
        return f"Read-back {self.pk} of import {self.run_id}"

    @property
    def is_at_work(self) -> bool:
        return self.state in AT_WORK

    @property
    def takes_out(self) -> bool:
        return self.state in TAKES_OUT

    @property
    def is_confirmed(self) -> bool:
        return self.confirmed_at is not None


class KeepReason(models.TextChoices):
    """Why an undo leaves a lead in the list."""

    NONE = "", "Only this import"
    THERE_BEFORE = "there_before", "In the list before this import"
    ENRICHED = "enriched", "Enriched since, so paid for"
    CHANGED = "changed", "Changed since the import"
    ENRICHING = "enriching", "Its enrichment is not over"
    PAID = "paid", "Paid for, and not known for whom"
    SEVERAL = "several", "Several leads fit the row"
    OTHER_IMPORT = "other_import", "Another import had the same row"
    NOT_SHOWN = "not_shown", "Appeared after you looked"


class FoundChanges(TypedDict, total=False):
    """What is learned of a found lead after it was found."""

    reason: KeepReason
    asked_at: datetime | None
    removed_at: datetime | None


class FoundLead(models.Model):
    """A lead of the list that fits row `row` of the file, as one look found it.

    `asked_at` is committed before the call that takes it out leaves, `removed_at` with its
    answer: a lead with the first alone may be in the list or not.
    """

    read_back = models.ForeignKey(ReadBack, models.CASCADE, related_name="found")
    look = models.PositiveSmallIntegerField()
    chunk = models.ForeignKey(Chunk, models.CASCADE)
    row = models.PositiveIntegerField()
    lead_id = models.CharField(max_length=100)
    name = models.CharField(max_length=200, blank=True)
    reason = models.CharField(
        max_length=15, choices=KeepReason.choices, default=KeepReason.NONE, blank=True
    )
    asked_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["row", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["read_back", "look", "lead_id"], name="found_lead_once"
            )
        ]
        indexes = [
            models.Index(fields=["read_back", "look", "reason", "row"], name="found_by_reason")
        ]

    def __str__(self) -> str:
        return f"Lead {self.lead_id} of {self.read_back}"


class LeadsBefore(models.Model):
    """Digests of the leads that were in the list before the import, an API page each."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="leads_before")
    page = models.PositiveIntegerField()
    leads = models.PositiveIntegerField()
    digests = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run", "page"], name="leads_before_page_once")
        ]

    def __str__(self) -> str:
        return f"{self.leads} leads before import {self.run_id}"
