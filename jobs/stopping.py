"""Whether this process was told to stop. What takes long asks between two steps."""

from __future__ import annotations

import threading

_asked = threading.Event()


def ask() -> None:
    """Tell what runs in this process to end at its next step."""
    _asked.set()


def is_asked() -> bool:
    """Whether a running task should end now; what is left is done by whoever looks next."""
    return _asked.is_set()
