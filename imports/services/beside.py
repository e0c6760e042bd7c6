"""Which other imports are at work, and how many calls they have left.

Imports take turns at the rate limit, call by call (docs/decisions/0003).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, Subquery, Sum

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


@dataclass(frozen=True)
class Sending:
    """How many imports send, and the sum of their ids: changes when one begins or ends."""

    number: int = 0
    ids: int = 0

    @classmethod
    def among(cls, found: Mapping[str, Any]) -> Sending:
        """From a row with what `sending()` adds to it."""
        return cls(found.get("sending") or 0, int(found.get("sending_ids") or 0))

    def are_only(self, run: Run) -> bool:
        return self.number == 0 or (self.number, self.ids) == (1, run.pk)


def sending() -> dict[str, Subquery]:
    """What `Sending` is made of, to be asked for with another query's rows."""
    runs = Run.objects.filter(state=RunState.SENDING).order_by().values("state")
    return {
        "sending": Subquery(runs.annotate(of=Count("pk")).values("of")),
        "sending_ids": Subquery(runs.annotate(of=Sum("pk")).values("of")),
    }


def lately(run: Run, sending: Sending) -> Beside:
    """The same for a page that looks again and again: a few seconds old at most, and added
    up anew at once when another import begins or ends."""
    if sending.are_only(run):
        return ALONE
    return _without(run, _memory.each(sending))


class Memory:
    """What the imports that send had left, as of a moment ago."""

    def __init__(self) -> None:
        self._seen: tuple[Sending, float, list[_Left]] | None = None

    def each(self, sending: Sending) -> list[_Left]:
        now = time.monotonic()
        if self._seen and self._seen[0] == sending and now - self._seen[1] <= LATELY_SECONDS:
            return self._seen[2]
        left = _calls_of_each(Run.objects.all())
        self._seen = (sending, now, left)
        return left

    def forget(self) -> None:
        self._seen = None


_memory = Memory()


def forget() -> None:
    """Let `lately` look anew."""
    _memory.forget()


def _without(run: Run, each: Iterable[_Left]) -> Beside:
    others = [left for left in each if left.run_id != run.pk]
    return Beside(tuple(left.calls for left in others), any(left.enriches for left in others))


def _calls_of_each(runs: RunQuerySet) -> list[_Left]:
    """Of each that sends and may make a call, in one query."""
    has_left = ~Q(chunks__state=ChunkState.READY)
    # Before the word on a canary nothing else leaves (`Chunk.objects.open_to`).
    may_go = has_left | Q(chunks__is_canary=True) | Q(canary=False) | ~Q(figures_shown=[])
    still_open = may_go & Q(chunks__plan=F("plan"), chunks__state__in=OPEN)
    unquoted = still_open & Q(
        chunks__state=ChunkState.READY, chunks__quote_id="", chunks__enriches=True
    )
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
    """Calls that `chunks` (their `state`, `enriches` and `quote_id`) of a run still need."""
    still_open = [chunk for chunk in chunks if chunk["state"] in OPEN]
    unquoted = [
        chunk
        for chunk in still_open
        if chunk["state"] == ChunkState.READY and chunk["enriches"] and not chunk["quote_id"]
    ]
    return _calls(run.enrichment_type, len(still_open), len(unquoted))


def _calls(enrichment_type: str, chunks: int, unquoted: int) -> int:
    """A csv-import for each chunk, and before those that enrich a quote."""
    return chunks if enrichment_type == EnrichmentType.OFF else chunks + unquoted
