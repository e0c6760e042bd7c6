"""A row of the file that did not go in, and why."""

from __future__ import annotations

from django.db import models

from imports.models.chunks import Chunk
from imports.models.runs import Run


class ProblemSource(models.TextChoices):
    CHECK = "check", "Found before the start"
    API = "api", "Skipped by the API"


class ProblemRow(models.Model):
    """`row` is the row's number in the file as a spreadsheet counts (header = 1)."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="problem_rows")
    plan = models.CharField(max_length=32)
    chunk = models.ForeignKey(Chunk, models.CASCADE, null=True)
    source = models.CharField(max_length=5, choices=ProblemSource.choices)
    row = models.PositiveIntegerField()
    reason = models.CharField(max_length=30)
    field = models.CharField(max_length=30, blank=True)
    value = models.CharField(max_length=200, blank=True)
    first_row = models.PositiveIntegerField(null=True)
    cells = models.JSONField(default=list)
    search_text = models.TextField(blank=True)

    class Meta:
        ordering = ["row"]
        constraints = [
            models.UniqueConstraint(fields=["run", "plan", "row"], name="problem_row_once")
        ]
        indexes = [
            # The check page's filter by reason, in file order.
            models.Index(fields=["run", "plan", "reason", "row"], name="problem_by_reason")
        ]

    def __str__(self) -> str:
        return f"Row {self.row} of import {self.run_id}"
