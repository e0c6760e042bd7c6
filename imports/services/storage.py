"""Where uploaded files lie."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings

from imports.models import Run


def stored_path(run: Run) -> Path:
    """The run's file in MEDIA_ROOT, under its random name."""
    return Path(settings.MEDIA_ROOT) / run.stored_name
