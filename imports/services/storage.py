"""Where uploaded files lie, and whether there is room for another."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from imports.models import Run

# Bytes an upload leaves free, for the database and its log lie on the same disk by default.
RESERVE = 64 << 20
_FULL = {errno.ENOSPC, errno.EDQUOT}


class NoRoom(Exception):
    """The disk under MEDIA_ROOT is full, or would be."""

    sentence = (
        "There is no room for it on the disk of the portal. Nothing was imported. Ask an "
        "admin to make room, then upload it again."
    )


def folder() -> Path:
    """MEDIA_ROOT, made for this user alone if it is not there."""
    path = Path(settings.MEDIA_ROOT)
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def stored_path(run: Run) -> Path:
    """The run's file in MEDIA_ROOT, under its random name."""
    return Path(settings.MEDIA_ROOT) / run.stored_name


def has_room_for(size: int) -> bool:
    """Whether a file of `size` bytes fits and leaves the reserve."""
    return shutil.disk_usage(folder()).free >= size + RESERVE


@contextmanager
def full_disk_is_no_room() -> Iterator[None]:
    """Turn what a full disk (or quota) answers to a write into NoRoom."""
    try:
        yield
    except OSError as error:
        if error.errno in _FULL:
            raise NoRoom from error
        raise
