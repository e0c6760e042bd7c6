"""Whether anybody wrote to the database since the last question."""

from __future__ import annotations

import time

from django.db import connection

# Seconds between two questions: SQLite answers from memory, in microseconds. Where something
# was written a moment ago more is likely to follow.
ASK_EVERY, ASK_WHEN_QUIET_EVERY = 0.15, 0.45
A_MOMENT = 0.4
# Where the database can't say, it counts as changed each time, and is asked less often.
ASK_BLINDLY_EVERY = 0.5


class Changes:
    """The question, as one thread asks it on its own connection."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._came_at = 0.0

    @property
    def ask_every(self) -> float:
        if connection.vendor != "sqlite":
            return ASK_BLINDLY_EVERY
        is_quiet = time.monotonic() - self._came_at > A_MOMENT
        return ASK_WHEN_QUIET_EVERY if is_quiet else ASK_EVERY

    def have_come(self) -> bool:
        """Whether others committed since this was asked last; true the first time."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            before, self._version = self._version, cursor.fetchone()[0]
        if before == self._version:
            return False
        self._came_at = time.monotonic()
        return True
