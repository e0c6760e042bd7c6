"""Whether anybody wrote to the database since the last question."""

from __future__ import annotations

from django.db import connection

# Seconds between two questions: SQLite answers from memory, in microseconds.
ASK_EVERY = 0.15
# Where the database can't say, it counts as changed each time, and is asked less often.
ASK_BLINDLY_EVERY = 0.5


class Changes:
    """The question, as one thread asks it on its own connection."""

    def __init__(self) -> None:
        self._version: int | None = None

    @property
    def ask_every(self) -> float:
        return ASK_EVERY if connection.vendor == "sqlite" else ASK_BLINDLY_EVERY

    def have_come(self) -> bool:
        """Whether others committed since this was asked last; true the first time."""
        if connection.vendor != "sqlite":
            return True
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA data_version")
            before, self._version = self._version, cursor.fetchone()[0]
        return before != self._version
