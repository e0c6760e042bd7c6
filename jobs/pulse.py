"""When the work of this process last got on. The heart beats on when a task hangs, so a beat
alone says only that the process is there."""

from __future__ import annotations

import sys
import threading
import traceback
from datetime import datetime

from django.utils import timezone

_got_on_at = timezone.now()


def got_on() -> None:
    """Say that a step is done: from a worker's loop, and from whatever takes long."""
    global _got_on_at
    _got_on_at = timezone.now()


def got_on_at() -> datetime:
    return _got_on_at


def stack() -> str:
    """Where the main thread is just now, for the log."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    return "".join(traceback.format_stack(frame)) if frame else "nowhere"
