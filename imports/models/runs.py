"""A run: one file on its way into one list."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.expressions import Combinable
from django.urls import reverse

from enrichment.models import EnrichmentType
from imports.models.turns import TakesTurns, TurnChanges, wants_a_turn
from people.models import Person


class RunState(models.TextChoices):
    """docs/import-lifecycle.md draws the moves between these."""

    UPLOADED = "uploaded", "Ready to map"
    CHECKING = "checking", "Checking"
    CHECKED = "checked", "Ready to start"
    SENDING = "sending", "Importing"
    PAUSED = "paused", "Paused"
    CANCELLING = "cancelling", "Cancelling"
    SETTLING = "settling", "Enriching"
    FINISHED = "finished", "Finished"
    FINISHED_WITH_SKIPS = "finished_with_skips", "Finished with skips"
    NOT_AS_APPROVED = "not_as_approved", "Finished, not as approved"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


BEFORE_START = frozenset({RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED})
WORKING = frozenset({RunState.SENDING, RunState.CANCELLING, RunState.SETTLING})
OVER = frozenset(
    {
        RunState.FINISHED,
        RunState.FINISHED_WITH_SKIPS,
        RunState.NOT_AS_APPROVED,
        RunState.FAILED,
        RunState.CANCELLED,
    }
)


class PauseReason(models.TextChoices):
    """Why a run stands still until a person acts."""

    NONE = "", ""
    PERSON = "person", "A person paused it"
    KEY = "key", "The API key was refused"
    SCOPE = "scope", "The API key lacks a right"
    CREDITS = "credits", "Out of credits"
    SPEND = "spend", "The approved credits are used up"
    QUOTE = "quote", "The API refused the quote"
    REJECTED = "rejected", "The API refused two batches in a row"
    CANARY = "canary", "The result of the test batch is in"
    CANARY_FAILED = "canary_failed", "The test batch did not go well"
    OUT_OF_RANGE = "out_of_range", "A batch is unlike the test batch"


class Before(models.TextChoices):
    """Whether it is known what was in the list before the import."""

    NOT_NOTED = "not_noted", "Not noted"
    TO_NOTE = "to_note", "To be noted before the first batch"
    NOTED = "noted", "Noted"


class OnlyMissing(models.TextChoices):
    """Whether rows that have what the enrichment would find go in without it."""

    NO = "no", "All rows are enriched"
    TO_PART = "to_part", "The rows are yet to be parted into calls with and without it"
    PARTED = "parted", "Each call either enriches its rows or imports them as they are"


class Again(models.TextChoices):
    """Which rows go although an earlier import has brought them into the list."""

    NONE = "", "Leave them out"
    CHANGED = "changed", "Send those with other values"
    ALL = "all", "Send all of them again"


class RunChanges(TurnChanges, total=False):
    """What a move may change about a run besides its state."""

    list_id: str
    list_name: str
    pause_reason: PauseReason
    problem: str
    problem_request_id: str
    plan: str
    checked_share: float
    rows_in: int
    rows_blank: int
    rows_ready: int
    rows_skipped: int
    skip_reasons: dict[str, int]
    left_out: dict[str, Any]
    given: dict[str, int]
    calls_apart: dict[str, list[int]]
    only_missing: OnlyMissing
    known: dict[str, Any]
    again: Again
    earlier_mark: str
    calls_planned: int | Combinable
    enrichment_type: EnrichmentType
    credits_most: int
    canary: bool
    figures_shown: list[dict[str, Any]]
    started_by: Person | None
    started_at: datetime | None
    forecast_at: datetime | None
    cancelled_by: Person | None
    sent_at: datetime | None
    ended_at: datetime | None
    stint: int | Combinable
    pruned_at: datetime | None
    before: Before
    before_cursor: str
    refusals_in_a_row: int
    failures_in_a_row: int


class RunQuerySet(models.QuerySet["Run"]):
    def move(
        self, run_id: int, from_states: frozenset[RunState], to: RunState, **changes: Any
    ) -> bool:
        """Change the state if it still is one of `from_states`; true if this call did it."""
        moved = self.filter(pk=run_id, state__in=from_states)
        return moved.update(state=to, **changes) == 1

    def due(self, now: datetime) -> RunQuerySet:
        """Runs with work to do now whose turn nobody holds."""
        return self.at_work().filter(wants_a_turn(now))

    def at_work(self) -> RunQuerySet:
        """Runs that have work to do, now or as time goes by."""
        return self.filter(state__in=WORKING | {RunState.CHECKING})

    def working(self) -> RunQuerySet:
        return self.filter(state__in=WORKING | {RunState.CHECKING, RunState.PAUSED})


class Run(TakesTurns):
    """One import. Sums of rows are derived from its chunks, never counted up here."""

    key_salt = models.UUIDField(default=uuid.uuid4, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="runs"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    form_nonce = models.CharField(max_length=40, unique=True, null=True)  # noqa: DJ001

    file_name = models.CharField(max_length=255)
    file_size = models.BigIntegerField()
    file_sha256 = models.CharField(max_length=64)
    stored_name = models.CharField(max_length=80)

    # An empty list_id means: a list of this name is made when the run starts.
    list_id = models.CharField(max_length=100, blank=True)
    list_name = models.CharField(max_length=200)

    encoding = models.CharField(max_length=30, blank=True)
    delimiter = models.CharField(max_length=1, blank=True)
    quotechar = models.CharField(max_length=1, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    detected = models.JSONField(default=dict)
    headers = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)

    state = models.CharField(
        max_length=20, choices=RunState.choices, default=RunState.UPLOADED
    )
    pause_reason = models.CharField(
        max_length=15, choices=PauseReason.choices, default=PauseReason.NONE, blank=True
    )
    problem = models.TextField(blank=True)
    problem_request_id = models.CharField(max_length=100, blank=True)

    # The plan: which check's chunks and problem rows are the ones that count.
    plan = models.CharField(max_length=32, blank=True)
    checked_share = models.FloatField(default=0)
    rows_in = models.PositiveIntegerField(default=0)
    rows_blank = models.PositiveIntegerField(default=0)
    rows_ready = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    skip_reasons = models.JSONField(default=dict)
    # Values that rows go without, by field: {"rows", "samples": up to 3 of [row, value]}.
    left_out = models.JSONField(default=dict)
    # Of the ready rows: how many have what an enrichment would find (`core.rows.GIVEN`).
    given = models.JSONField(default=dict)
    # For each of these: the calls of rows that lack it, and of those that have it.
    calls_apart = models.JSONField(default=dict)
    # Rows known from earlier imports into the list, as the check found them: {"same": rows,
    # "changed": rows, "runs": {id: rows}, "mark": of these}; what becomes of them; and a mark
    # of all that was compared with (`services.earlier`).
    known = models.JSONField(default=dict)
    again = models.CharField(
        max_length=7, choices=Again.choices, default=Again.NONE, blank=True
    )
    earlier_mark = models.CharField(max_length=64, blank=True)
    calls_planned = models.PositiveIntegerField(default=0)

    enrichment_type = models.CharField(
        max_length=10, choices=EnrichmentType.choices, default=EnrichmentType.OFF
    )
    credits_most = models.PositiveIntegerField(default=0)
    only_missing = models.CharField(
        max_length=7, choices=OnlyMissing.choices, default=OnlyMissing.NO
    )
    # Rows from all over the file go first; the rest waits for a person's word.
    canary = models.BooleanField(default=False)
    # The figures the run paused for, each as {"call", "figures": {name: [part, of]}}: those
    # of the canary, then those of calls unlike it. It went on by a person's word alone.
    figures_shown = models.JSONField(default=list)
    started_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="started_runs"
    )
    started_at = models.DateTimeField(null=True)
    forecast_at = models.DateTimeField(null=True)
    cancelled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="cancelled_runs"
    )
    sent_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    # How often a person set it going: by start, resume, retry or verdict.
    stint = models.PositiveSmallIntegerField(default=0)
    # When the file and the contents of its rows were deleted (setting RETENTION_DAYS).
    pruned_at = models.DateTimeField(null=True)

    # What an undo must know: which leads were in the list before the first row went in.
    before = models.CharField(max_length=10, choices=Before.choices, default=Before.NOT_NOTED)
    before_cursor = models.TextField(blank=True)

    # Calls without a usable answer, and calls the API refused, since one went well.
    refusals_in_a_row = models.PositiveIntegerField(default=0)
    failures_in_a_row = models.PositiveIntegerField(default=0)

    objects = RunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        indexes = [
            # The worker's question each second: which runs want a turn?
            models.Index(fields=["state", "wake_at"], name="run_due"),
            # Was this file imported into this list before?
            models.Index(fields=["file_sha256", "list_id"], name="run_same_file"),
        ]

    def __str__(self) -> str:
        return f"Import {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("imports:run", args=[self.pk])

    @property
    def is_over(self) -> bool:
        return self.state in OVER

    @property
    def is_before_start(self) -> bool:
        return self.state in BEFORE_START

    @property
    def waits_for_canary(self) -> bool:
        """Whether nothing but the canary may be sent yet."""
        return self.canary and not self.figures_shown

    @property
    def enriches(self) -> bool:
        """Whether any of its calls may; of one chunk `Chunk.enrichment_of` tells."""
        return self.enrichment_type != EnrichmentType.OFF

    @property
    def enriches_only_missing(self) -> bool:
        return self.only_missing != OnlyMissing.NO
