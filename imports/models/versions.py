"""The version of a run: a number that grows with every change of what its page shows."""

from __future__ import annotations

from django.db import models

from imports.models.runs import Run


class RunVersion(models.Model):
    """Written by the database alone (`version_triggers`), so that no writer can forget it.

    Apart from the run, whose row may be saved whole by somebody who read it earlier.
    """

    run = models.OneToOneField(Run, models.CASCADE, primary_key=True, related_name="versioned")
    number = models.PositiveBigIntegerField(default=1)

    def __str__(self) -> str:
        return f"Version {self.number} of import {self.run_id}"
