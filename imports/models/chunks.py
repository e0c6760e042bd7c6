"""A chunk: the rows of one csv-import call, with what was asked and what came back."""

from __future__ import annotations

from datetime import datetime
from typing import TypedDict

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable

from enrichment.models import EnrichmentType, Workflow
from imports.models.runs import Run


class ChunkState(models.TextChoices):
    """`sending` is committed before the call leaves; `retrying` has no answer yet."""

    READY = "ready", "Waiting"
    SENDING = "sending", "In flight"
    RETRYING = "retrying", "Asking again"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    UNKNOWN = "unknown", "Unknown"
    NOT_SENT = "not_sent", "Not sent"


# Its call has left, and no answer is here.
ASKED = frozenset({ChunkState.SENDING, ChunkState.RETRYING})
OPEN = ASKED | {ChunkState.READY}


class ChunkChanges(TypedDict, total=False):
    """What may be changed about a chunk, or given to a new one."""

    plan: str
    number: int | Combinable
    enriches: bool
    rows: int
    row_numbers: str
    body_bytes: int
    body_sha256: str
    state: ChunkState
    turn_token: str
    idempotency_key: str
    key_generation: int | Combinable
    quote_id: str
    quote_expires_at: datetime | None
    skips_quote: bool
    credits_quoted: int
    attempts: int
    quotes: int
    quotes_refused: int
    faults: int
    asked_before: bool
    first_sent_at: datetime | None
    answered_at: datetime | None
    next_try_at: datetime | None
    rows_imported: int
    rows_skipped: int
    rows_named: int
    rows_undone: int
    skip_reasons: dict[str, int]
    request_id: str
    replayed: bool
    problem: str
    workflow: Workflow | None
    is_canary: bool
    skips_judged: bool
    finds_judged: bool
    out_of_range: str


class ChunkQuerySet(models.QuerySet["Chunk"]):
    def of_plan(self, run: Run) -> ChunkQuerySet:
        return self.filter(run=run, plan=run.plan)

    def open_to(self, run: Run) -> ChunkQuerySet:
        """Chunks that may still be sent as things stand: before the word on a canary nothing
        else leaves, but what has left is asked for."""
        still_open = self.of_plan(run).filter(state__in=OPEN)
        if not run.waits_for_canary:
            return still_open
        return still_open.filter(Q(is_canary=True) | ~Q(state=ChunkState.READY))

    def claimable(self, run: Run, now: datetime) -> ChunkQuerySet:
        """Chunks whose turn may be taken now, also one left in flight by a dead worker."""
        left_in_flight = Q(state=ChunkState.SENDING)
        due = Q(next_try_at=None) | Q(next_try_at__lte=now)
        return self.open_to(run).filter(left_in_flight | due).order_by("number")


class Chunk(models.Model):
    """Rows `row_numbers` of a run (as `2-601,603`), sent under one idempotency key."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="chunks")
    plan = models.CharField(max_length=32)
    number = models.PositiveIntegerField()
    rows = models.PositiveIntegerField()
    row_numbers = models.TextField()
    body_bytes = models.PositiveIntegerField()
    body_sha256 = models.CharField(max_length=64)

    state = models.CharField(
        max_length=10, choices=ChunkState.choices, default=ChunkState.READY
    )
    turn_token = models.CharField(max_length=32, blank=True)
    # Made and committed before the first attempt; made anew only when the API has
    # proved that the call before had no effect.
    idempotency_key = models.CharField(max_length=64, blank=True)
    key_generation = models.PositiveIntegerField(default=0)
    quote_id = models.CharField(max_length=200, blank=True)
    # By our own clock, counted from the moment the quote came.
    quote_expires_at = models.DateTimeField(null=True)
    # The API refused two quotes in a row; a person has said that it goes without one.
    skips_quote = models.BooleanField(default=False)
    quotes_refused = models.PositiveSmallIntegerField(default=0)
    credits_quoted = models.PositiveIntegerField(default=0)

    # csv-import calls made, and quotes fetched before them.
    attempts = models.PositiveIntegerField(default=0)
    quotes = models.PositiveIntegerField(default=0)
    faults = models.PositiveIntegerField(default=0)
    # Whether an earlier attempt under this key may have taken effect.
    asked_before = models.BooleanField(default=False)
    first_sent_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(null=True)

    rows_imported = models.PositiveIntegerField(default=0)
    rows_skipped = models.PositiveIntegerField(default=0)
    # Of the skipped: rows whose number is known. A reply names 10 at most.
    rows_named = models.PositiveIntegerField(default=0)
    # Of the imported: rows whose lead a person took out of the list again.
    rows_undone = models.PositiveIntegerField(default=0)
    skip_reasons = models.JSONField(default=dict)
    request_id = models.CharField(max_length=100, blank=True)
    replayed = models.BooleanField(default=False)
    problem = models.TextField(blank=True)
    workflow = models.OneToOneField(Workflow, models.PROTECT, null=True, related_name="chunk")

    # False: its rows have what the run's enrichment would find, and go in as they are.
    enriches = models.BooleanField(default=True)
    is_canary = models.BooleanField(default=False)
    # Whether its figures were held against those of the canary, and what came of it.
    skips_judged = models.BooleanField(default=False)
    finds_judged = models.BooleanField(default=False)
    out_of_range = models.TextField(blank=True)

    # The run's version when this chunk last changed, written by the database alone.
    version = models.PositiveBigIntegerField(default=0, editable=False)

    objects = ChunkQuerySet.as_manager()

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["run", "plan", "number"], name="chunk_once"),
            models.UniqueConstraint(
                fields=["idempotency_key"],
                condition=~Q(idempotency_key=""),
                name="chunk_key_once",
            ),
        ]

    def __str__(self) -> str:
        return f"Chunk {self.number} of import {self.run_id}"

    def enrichment_of(self, run: Run) -> EnrichmentType:
        """What its call asks the API to find: what `run` does, or nothing."""
        return EnrichmentType(run.enrichment_type) if self.enriches else EnrichmentType.OFF

    def is_enriched_by(self, run: Run) -> bool:
        return self.enrichment_of(run) != EnrichmentType.OFF


class ChunkBody(models.Model):
    """The exact bytes a chunk sends, kept apart so that progress never reads them."""

    chunk = models.OneToOneField(Chunk, models.CASCADE, primary_key=True, related_name="body")
    packed_csv = models.BinaryField()

    def __str__(self) -> str:
        return f"Body of chunk {self.chunk_id}"
