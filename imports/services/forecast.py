"""When a run will be done, from the number of calls and the rate they may have."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Run
from imports.models.runs import RunState

# An import's first calls go at once, later ones evenly spaced (docs/decisions/0003).
BURST_CALLS = 10
SECONDS_A_CALL = 0.4


def calls_for(chunks: int, enrichment_type: str) -> int:
    """csv-import calls, and a quote before each when the import enriches."""
    return chunks if enrichment_type == EnrichmentType.OFF else 2 * chunks


def length_of(chunks: int, enrichment_type: str) -> timedelta:
    """How long sending `chunks` chunks takes if nobody else uses the key."""
    return timedelta(seconds=_seconds(calls_for(chunks, enrichment_type), BURST_CALLS))


def done_at(run: Run, chunks_left: int, now: datetime | None = None) -> datetime | None:
    """When the last chunk of a sending run will be answered; None when it isn't sending."""
    if run.state != RunState.SENDING or not chunks_left:
        return None
    spent = run.calls_planned - chunks_left
    burst = max(0, BURST_CALLS - spent)
    calls = calls_for(chunks_left, run.enrichment_type)
    return (now or timezone.now()) + timedelta(seconds=_seconds(calls, burst))


def _seconds(calls: int, burst: int) -> float:
    quick = min(calls, burst)
    spacing = (settings.RATE_WINDOW_SECONDS + 1) / settings.RATE_PER_KEY
    return quick * SECONDS_A_CALL + (calls - quick) * max(spacing, SECONDS_A_CALL)
