"""A turn: the right to work on one run, kept by a sign of life and lost without it.

The turn's token goes with every write about a chunk, so that a worker which was stopped,
lost its turn and woke again changes nothing (docs/import-lifecycle.md, "Turns").
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone

from imports.models import Run


def turn_length() -> timedelta:
    return timedelta(seconds=settings.TURN_SECONDS)


@dataclass
class Turn:
    """The turn held on run `run_id`; `lost` is set once another holder took it over."""

    run_id: int
    token: str
    lost: threading.Event = field(default_factory=threading.Event)

    def beat(self) -> None:
        """Renew the turn and show a sign of life."""
        now = timezone.now()
        mine = Run.objects.filter(pk=self.run_id, turn_token=self.token)
        if mine.update(turn_expires_at=now + turn_length(), beat_at=now) != 1:
            self.lost.set()

    def is_held(self) -> bool:
        """Whether the turn is still this holder's, asked (and renewed) now."""
        self.beat()
        return not self.lost.is_set()


@contextmanager
def take_turn(run_id: int) -> Iterator[Turn | None]:
    """Hold the turn of a run for the length of the block; yield None if another holds it."""
    turn = Turn(run_id, uuid.uuid4().hex)
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
    wanted = Run.objects.filter(free, pk=turn.run_id)
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
    mine = Run.objects.filter(pk=turn.run_id, turn_token=turn.token)
    mine.update(turn_expires_at=None)
