"""A turn: the right to work on one run or read-back, kept by signs of life, else lost.

The turn's token goes with every write about a chunk, so that a worker which was stopped,
lost its turn and woke again changes nothing (docs/import-lifecycle.md, "Turns").
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from imports.models import ReadBack, Run
from imports.models.turns import TakesTurns

# What was picked is let be for so long, whatever comes of it: a run that kills its worker
# must not keep the others from theirs.
PICKED_FOR = timedelta(seconds=10)


def turn_length() -> timedelta:
    return timedelta(seconds=settings.TURN_SECONDS)


@dataclass
class Turn:
    """The turn held on a row of `model`; `lost` is set once another holder took it over."""

    pk: int
    token: str
    model: type[TakesTurns] = Run
    lost: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Renew the turn and show a sign of life."""
        now = timezone.now()
        if self.row().update(turn_expires_at=now + turn_length(), beat_at=now) != 1:
            self.lost.set()

    def row(self) -> QuerySet[TakesTurns]:
        """What the turn is held on, as long as it is held."""
        rows: QuerySet[TakesTurns] = self.model._default_manager.all()
        return rows.filter(pk=self.pk, turn_token=self.token)

    def is_held(self) -> bool:
        """Whether the turn is still this holder's, asked (and renewed) now."""
        self.beat()
        return not self.lost.is_set()


def pick_next() -> Run | ReadBack | None:
    """Return what has waited longest for a worker, to no second caller."""
    now = timezone.now()
    for waiting in sorted(_due(now), key=lambda each: each.wake_at or now):
        due = type(waiting).objects.due(now).filter(pk=waiting.pk)
        if due.update(wake_at=now + PICKED_FOR, turn_expires_at=None):
            return waiting
    return None


def waiting_for_workers() -> int:
    """Count what has work to be done and nobody to do it."""
    return len(_due(timezone.now()))


def others_wait(holder: TakesTurns) -> bool:
    """Whether anything but the holder of a turn waits for a worker."""
    now = timezone.now()
    queues = (Run.objects.due(now), ReadBack.objects.due(now))
    return any(_without(due, holder).exists() for due in queues)


def _without(due: QuerySet[Any], holder: TakesTurns) -> QuerySet[Any]:
    return due.exclude(pk=holder.pk) if isinstance(holder, due.model) else due


def _due(now: datetime) -> list[Run | ReadBack]:
    runs = Run.objects.due(now).only("state", "wake_at")
    return [*runs, *ReadBack.objects.due(now).only("wake_at")]


@contextmanager
def take_turn(pk: int, model: type[TakesTurns] = Run) -> Iterator[Turn | None]:
    """Hold a run's (or read-back's) turn for the block; yield None if another holds it."""
    turn = Turn(pk, uuid.uuid4().hex, model)
    if not _claim(turn):
        yield None
        return
    over = threading.Event()
    beating = threading.Thread(target=_keep, args=(turn, over), daemon=True)
    beating.start()
    try:
        yield turn
    finally:
        over.set()
        beating.join()
        _give_back(turn)


def _claim(turn: Turn) -> bool:
    now = timezone.now()
    free = Q(turn_expires_at=None) | Q(turn_expires_at__lt=now)
    wanted = turn.model._default_manager.filter(free, pk=turn.pk)
    changes = {
        "turn_token": turn.token,
        "turn_expires_at": now + turn_length(),
        "beat_at": now,
    }
    return wanted.update(**changes) == 1


def _keep(turn: Turn, over: threading.Event) -> None:
    try:
        while not over.wait(settings.TURN_SECONDS / 4) and not turn.lost.is_set():
            turn.beat()
    finally:
        connection.close()


def _give_back(turn: Turn) -> None:
    turn.row().update(turn_expires_at=None)
