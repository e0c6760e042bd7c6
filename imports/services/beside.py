"""Which other imports are at work, and how many calls they have left.

Imports take turns at the rate limit, call by call (docs/decisions/0003).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q

from enrichment.models import EnrichmentType
from imports.models import ChunkState, Run, RunState
from imports.models.chunks import OPEN
from imports.models.runs import RunQuerySet


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
# A forecast in minutes need not know of each call at once.
LATELY_SECONDS = 5.0


@dataclass(frozen=True)
class _Left:
    run_id: int
    calls: int
    enriches: bool


def beside(run: Run) -> Beside:
    """Look at every import that sends but `run`, in one query."""
    return _without(run, _calls_of_each(Run.objects.exclude(pk=run.pk)))


def lately(run: Run) -> Beside:
    """The same for a page that looks again and again: a few seconds old at most, and added
    up anew at once when another import begins or ends."""
    sending = tuple(_sending().order_by("pk").values_list("pk", flat=True))
    if set(sending) <= {run.pk}:
        return ALONE
    return _without(run, _memory.each(sending))


class Memory:
    """What the imports that send had left, as of a moment ago."""

    def __init__(self) -> None:
        self._seen: tuple[tuple[int, ...], float, list[_Left]] = ((), float("-inf"), [])

    def each(self, sending: tuple[int, ...]) -> list[_Left]:
        which, at, left = self._seen
        if which != sending or time.monotonic() - at > LATELY_SECONDS:
            at = time.monotonic()
            left = _calls_of_each(Run.objects.all())
            self._seen = (sending, at, left)
        return left

    def forget(self) -> None:
        self._seen = ((), float("-inf"), [])


_memory = Memory()


def forget() -> None:
    """Let `lately` look anew."""
    _memory.forget()


def _without(run: Run, each: Iterable[_Left]) -> Beside:
    others = [left for left in each if left.run_id != run.pk]
    return Beside(tuple(left.calls for left in others), any(left.enriches for left in others))


def _sending() -> RunQuerySet:
    return Run.objects.filter(state=RunState.SENDING)


def _calls_of_each(runs: RunQuerySet) -> list[_Left]:
    """Of each that sends and may make a call, in one query."""
    has_left = ~Q(chunks__state=ChunkState.READY)
    # Before the word on a canary nothing else leaves (`Chunk.objects.open_to`).
    may_go = has_left | Q(chunks__is_canary=True) | Q(canary=False) | ~Q(figures_shown=[])
    still_open = may_go & Q(chunks__plan=F("plan"), chunks__state__in=OPEN)
    unquoted = still_open & Q(chunks__state=ChunkState.READY, chunks__quote_id="")
    counted = (
        runs.filter(state=RunState.SENDING)
        .annotate(
            open_chunks=Count("chunks", filter=still_open),
            unquoted=Count("chunks", filter=unquoted),
        )
        .filter(open_chunks__gt=0)
    )
    rows = counted.order_by("pk").values_list(
        "pk", "enrichment_type", "open_chunks", "unquoted"
    )
    return [
        _Left(pk, _calls(kind, chunks, quotes), kind != EnrichmentType.OFF)
        for pk, kind, chunks, quotes in rows
    ]


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
