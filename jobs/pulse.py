"""When the work of this process last got on. The heart beats on when a task hangs, so a beat
alone says only that the process is there."""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

# By thread: when what runs there last got on. A thread that has nothing to do is not here.
_got_on_at: dict[int, datetime] = {}


@contextmanager
def busy() -> Iterator[None]:
    """Watch what this thread does in the block."""
    begin()
    try:
        yield
    finally:
        end()


def begin() -> None:
    _got_on_at[threading.get_ident()] = timezone.now()


def end() -> None:
    _got_on_at.pop(threading.get_ident(), None)


def got_on() -> None:
    """Say that a step is done; from whatever takes long."""
    if threading.get_ident() in _got_on_at:
        begin()


def got_on_at() -> datetime:
    """When the work that waits longest for its next step got on; now, if nothing runs."""
    return min([*_got_on_at.values()], default=timezone.now())


def stack() -> str:
    """Where that work is just now, for the log."""
    thread = min(_got_on_at, key=_got_on_at.__getitem__, default=0)
    frame = sys._current_frames().get(thread)
    return "".join(traceback.format_stack(frame)) if frame else "nowhere"
