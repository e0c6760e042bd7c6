"""A lock file per worker of this machine. The kernel frees the lock when a worker dies.

So a worker knows at once which of its neighbours are dead, and nobody takes them for living.
Workers on other machines are known by their silence alone.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def _room() -> Path:
    room = Path(settings.VAR_DIR, "workers")
    room.mkdir(parents=True, exist_ok=True)
    return room


@contextmanager
def taken(worker_id: str) -> Iterator[None]:
    """Hold this worker's lock while the block runs."""
    room = _room()
    # Locked before it gets its name, so that nobody takes a starting worker for a dead one.
    draft = room / f".{worker_id}"
    with draft.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        draft.rename(room / worker_id)
        try:
            yield
        finally:
            (room / worker_id).unlink(missing_ok=True)


def dead_neighbours() -> list[str]:
    """Return the ids of workers of this machine that died without leaving."""
    seats = [seat for seat in _room().iterdir() if not seat.name.startswith(".")]
    return [seat.name for seat in seats if _is_free(seat)]


def leave(worker_ids: list[str]) -> None:
    """Forget dead workers, once what they had has been taken from them."""
    for worker_id in worker_ids:
        (_room() / worker_id).unlink(missing_ok=True)


def _is_free(seat: Path) -> bool:
    try:
        file = os.open(seat, os.O_RDWR)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    finally:
        os.close(file)
    return True
