"""The tests' database, as every fork finds it."""

from __future__ import annotations

import shutil
from pathlib import Path

from django.db import connection, connections


class Kept:
    """A copy of the database as it is now; another engine's own tests tidy up themselves."""

    def __init__(self, copy: Path) -> None:
        connections.close_all()
        self.copy: Path | None = None
        self.path = Path(str(connection.settings_dict["NAME"]))
        if connection.vendor == "sqlite" and self.path.exists():
            self.copy = Path(shutil.copy(self.path, copy))

    def restore(self) -> None:
        """Put the copy back; nothing an ended fork has left beside it may be read."""
        if self.copy is None:
            return
        for left in ("-wal", "-shm"):
            self.path.with_name(self.path.name + left).unlink(missing_ok=True)
        shutil.copy(self.copy, self.path)
