"""When a run will be done, from the number of calls and the rate they may have."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from connections import services as connections
from enrichment.models import EnrichmentType
from imports.models import Run
from imports.models.runs import RunState

# An import's first calls go at once, later ones evenly spaced (docs/decisions/0003).
BURST_CALLS = 10
SECONDS_A_CALL = 0.4
# Of the allowance, what an import gets beside people, and beside the polls of its own
# enrichment as well.
SHARE, SHARE_BESIDE_POLLS = 0.95, 0.75


def calls_for(chunks: int, enrichment_type: str) -> int:
    """csv-import calls, and a quote before each when the import enriches."""
    return chunks if enrichment_type == EnrichmentType.OFF else 2 * chunks


def length_of(chunks: int, enrichment_type: str) -> timedelta:
    """How long sending `chunks` chunks takes, calls of the last minute considered."""
    burst = max(0, BURST_CALLS - connections.meter().used)
    return timedelta(seconds=_seconds(chunks, enrichment_type, burst))


def done_at(run: Run, chunks_left: int, now: datetime | None = None) -> datetime | None:
    """When the last chunk of a sending run will be answered; None when it isn't sending, or
    when a person's word on the canary decides."""
    if run.state != RunState.SENDING or not chunks_left or run.waits_for_canary:
        return None
    spent = calls_for(run.calls_planned - chunks_left, run.enrichment_type)
    seconds = _seconds(chunks_left, run.enrichment_type, max(0, BURST_CALLS - spent))
    return (now or timezone.now()) + timedelta(seconds=seconds)


def _seconds(chunks: int, enrichment_type: str, burst: int) -> float:
    calls = calls_for(chunks, enrichment_type)
    quick = min(calls, burst)
    share = SHARE if enrichment_type == EnrichmentType.OFF else SHARE_BESIDE_POLLS
    spacing = (settings.RATE_WINDOW_SECONDS + 1) / (settings.RATE_PER_KEY * share)
    return quick * SECONDS_A_CALL + (calls - quick) * max(spacing, SECONDS_A_CALL)
