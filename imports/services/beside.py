"""Which other imports are at work, and how many calls they have left.

Imports take turns at the rate limit, call by call (docs/decisions/0003).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from enrichment.models import EnrichmentType
from imports.models import ChunkState, Run, RunState
from imports.models.chunks import OPEN


@dataclass(frozen=True)
class Beside:
    """The imports that send beside one: calls left of each, and whether one of them enriches.

    Paused ones are not among them, nor those that only wait for their enrichment.
    """

    calls_left: tuple[int, ...] = ()
    enriches: bool = False

    @property
    def imports(self) -> int:
        return len(self.calls_left)

    def calls_before_the_last_of(self, calls: int) -> int:
        """How many calls of others go before the last of `calls` own ones, in turns."""
        return sum(min(left, calls) for left in self.calls_left)


ALONE = Beside()


def beside(run: Run) -> Beside:
    """Look at every import that sends but `run`, in one query."""
    has_left = ~Q(chunks__state=ChunkState.READY)
    # Before the word on a canary nothing else leaves (`Chunk.objects.open_to`).
    may_go = has_left | Q(chunks__is_canary=True) | Q(canary=False) | ~Q(figures_shown=[])
    still_open = may_go & Q(chunks__plan=F("plan"), chunks__state__in=OPEN)
    unquoted = still_open & Q(chunks__state=ChunkState.READY, chunks__quote_id="")
    sending = Run.objects.filter(state=RunState.SENDING).exclude(pk=run.pk)
    counted = sending.annotate(
        open_chunks=Count("chunks", filter=still_open),
        unquoted=Count("chunks", filter=unquoted),
    ).filter(open_chunks__gt=0)
    others = list(
        counted.order_by("pk").values_list("enrichment_type", "open_chunks", "unquoted")
    )
    return Beside(
        tuple(_calls(kind, chunks, quotes) for kind, chunks, quotes in others),
        any(kind != EnrichmentType.OFF for kind, _, _ in others),
    )


def calls_left(run: Run, chunks: Iterable[Mapping[str, Any]]) -> int:
    """Calls that `chunks` (their `state` and `quote_id`) of a run still need."""
    still_open = [chunk for chunk in chunks if chunk["state"] in OPEN]
    unquoted = [
        chunk
        for chunk in still_open
        if chunk["state"] == ChunkState.READY and not chunk["quote_id"]
    ]
    return _calls(run.enrichment_type, len(still_open), len(unquoted))


def _calls(enrichment_type: str, chunks: int, unquoted: int) -> int:
    """A csv-import for each chunk, and before it a quote if the import enriches."""
    return chunks if enrichment_type == EnrichmentType.OFF else chunks + unquoted
