"""A turn: the right to work on one run or read-back, kept by signs of life, else lost.

Whoever holds it writes through `Turn.writing` alone, so that a worker which was stopped,
lost its turn and woke again changes nothing (docs/import-lifecycle.md, "Turns").
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import Error, close_old_connections, connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from imports.models import ReadBack, Run
from imports.models.turns import TakesTurns
from imports.services.writing import TurnLost, Writing
from jobs.pulse import got_on

logger = logging.getLogger("imports.turns")

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

    @property
    def name(self) -> str:
        return str(self.model._meta.verbose_name)

    def beat(self) -> None:
        """Renew the turn and show a sign of life."""
        now = timezone.now()
        if self.row().update(turn_expires_at=now + turn_length(), beat_at=now) != 1:
            self.lost.set()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction in which nobody else can get the turn, and what may be written in
        it. Raises TurnLost, and writes nothing, if another has the turn already."""
        with transaction.atomic():
            if not self.row().select_for_update().values_list("pk"):
                self.lost.set()
                raise TurnLost
            write = Writing(self.pk, self.token)
            try:
                yield write
            finally:
                write.is_open = False
        got_on()

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


def is_work_open() -> bool:
    """Whether anything is at work, or comes due by itself as time goes by."""
    return Run.objects.at_work().exists() or ReadBack.objects.at_work().exists()


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
    """Hold a run's (or read-back's) turn for the block; yield None if another holds it.

    The block ends at its first write after the turn was lost.
    """
    turn = Turn(pk, uuid.uuid4().hex, model)
    if not _claim(turn):
        yield None
        return
    over = threading.Event()
    beating = threading.Thread(target=_keep, args=(turn, over), daemon=True)
    beating.start()
    try:
        yield turn
    except TurnLost:
        logger.warning("The turn on %s %d was lost; nothing was written", turn.name, pk)
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
    """Beat until the turn is over. A beat that fails is followed by the next, up to where the
    turn must have run out: from then on it counts as lost."""
    beaten_at = time.monotonic()
    try:
        while not over.wait(settings.TURN_SECONDS / 4) and not turn.lost.is_set():
            began_at = time.monotonic()
            if _beats(turn):
                beaten_at = began_at
            elif time.monotonic() - beaten_at > settings.TURN_SECONDS:
                logger.error("No sign of life for %s %d for a whole turn", turn.name, turn.pk)
                turn.lost.set()
    finally:
        connection.close()


def _beats(turn: Turn) -> bool:
    close_old_connections()
    try:
        turn.beat()
    except Error:
        logger.exception("A sign of life for %s %d failed", turn.name, turn.pk)
        return False
    return True


def _give_back(turn: Turn) -> None:
    turn.row().update(turn_expires_at=None)
