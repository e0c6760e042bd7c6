"""The state: one SQLite file, one connection, one transaction at a time.

Every API call runs inside one transaction, so that a kill at any moment leaves an effect,
its ledger entries, its credits and its idempotency answer either all there or all absent.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TABLES = (
    "facts", "organizations", "lists", "shares", "folders", "leads", "memberships",
    "workflows", "workflow_leads", "answers", "quotes", "cohorts", "exports", "windows",
    "faults", "ledger", "sqlite_sequence",
)  # fmt: skip


class Store:
    def __init__(self, path: str, sync: str = "FULL") -> None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.RLock()
        self.db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute(f"PRAGMA synchronous={sync}")
        self._create_tables()

    def _create_tables(self) -> None:
        known = "SELECT 1 FROM sqlite_master WHERE name = 'ledger'"
        if self.db.execute(known).fetchone() is None:
            script = (Path(__file__).parent / "schema.sql").read_text()
            self.db.executescript(f"BEGIN IMMEDIATE; {script} COMMIT;")

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Hold the state alone; commit durably at the end, or leave no trace."""
        with self._lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield self.db
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")

    def close(self) -> None:
        """Wait for the open transaction, then let go of the file."""
        with self._lock:
            self.db.close()

    def empty(self) -> None:
        """Forget everything; to be called inside a transaction."""
        for table in TABLES:
            self.db.execute(f"DELETE FROM {table}")  # noqa: S608  our own names
