"""Many tabs that watch one run: nothing is sent while nothing changed, and what changed is
rendered once for all of them.

Each web process remembers by itself what it rendered, for a second or two.
"""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django_htmx.http import trigger_client_event

from imports.services.progress import Square
from imports.views.grid import KEPT, changes_in, list_of
from lists.fragments import VARY

T = TypeVar("T")
# A process sends a run's watchers this many answers a second; more of them wait longer.
ANSWERS_A_SECOND = 10
LONGEST_PAUSE = 5.0
COUNTED_SECONDS = 2.0
MOST_REMEMBERED = 64


class Crowd:
    """How soon the tabs that watch one run ask again, by how often they ask now."""

    def __init__(self) -> None:
        self._pauses: OrderedDict[int, _Pause] = OrderedDict()
        self._lock = threading.Lock()

    def pause(self, run_id: int, shortest: float, now: float | None = None) -> float:
        """Count one who asks; return the seconds until it should ask again."""
        now = time.monotonic() if now is None else now
        with self._lock:
            pause = self._pauses.setdefault(run_id, _Pause(now))
            self._pauses.move_to_end(run_id)
            if len(self._pauses) > MOST_REMEMBERED:
                self._pauses.popitem(last=False)
            return pause.count(shortest, now)

    def clear(self) -> None:
        self._pauses.clear()


@dataclass
class _Pause:
    since: float
    asked: int = 0
    seconds: float = 1.0

    def count(self, shortest: float, now: float) -> float:
        self.asked += 1
        passed = now - self.since
        if passed >= COUNTED_SECONDS:
            # Who waits `seconds` asks 1 / seconds times a second.
            wanted = self.seconds * self.asked / passed / ANSWERS_A_SECOND
            self.seconds = min(max(wanted, 1.0), LONGEST_PAUSE)
            self.since, self.asked = now, 0
        return round(max(shortest, self.seconds), 1)


class Remembered:
    """What was made last for each key, made by one thread while the others wait for it."""

    def __init__(self, most: int = MOST_REMEMBERED) -> None:
        self._most = most
        self._kept: OrderedDict[Any, _Kept] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: object, token: str, seconds: float, make: Callable[[], T]) -> T:
        """The value for `key`: as remembered if it was made for `token`, or no longer than
        `seconds` ago."""
        with self._lock:
            kept = self._kept.setdefault(key, _Kept())
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)
        with kept.lock:
            if kept.token != token and time.monotonic() - kept.at >= seconds:
                at = time.monotonic()
                kept.value = make()
                kept.token, kept.at = token, at
            value: T = kept.value
            return value

    def clear(self) -> None:
        self._kept.clear()


@dataclass
class _Kept:
    value: Any = None
    token: str | None = None
    at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass(frozen=True)
class Look:
    """What a watcher is shown, apart from the run's version. `was`: see `run.mark`."""

    run_id: int
    operates: bool
    chosen: int
    was: str


@dataclass(frozen=True)
class Part:
    """A rendered part of a run's page in which `grid.KEPT` stands for the grid."""

    html: str
    squares: tuple[Square, ...]
    chosen: int
    tells_frame: bool

    def answer(self, since: int, squares: int | None) -> HttpResponse:
        """With the squares that changed after version `since`, or all where the page has
        another number of them."""
        if squares == len(self.squares):
            body = self.html + changes_in(self.squares, since, self.chosen)
        else:
            body = self.html.replace(KEPT, list_of(self.squares, self.chosen))
        response = HttpResponse(body)
        patch_vary_headers(response, VARY)
        if self.tells_frame:
            trigger_client_event(response, "frame")
        return response


crowd = Crowd()
parts = Remembered()


def unchanged(beat_at: datetime | None, pause: float) -> HttpResponse:
    """204: the page stays as it is and asks again after `pause` seconds (live.js); only the
    worker's last sign of life moves on."""
    told = {"unchanged": {"again": pause, "beat": beat_at and beat_at.isoformat()}}
    return HttpResponse(status=204, headers={"HX-Trigger": json.dumps(told)})
