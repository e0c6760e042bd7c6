"""Worker processes of a temporary portal: their own folder, their own database."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from django_tasks_db.models import DBTaskResult

from tests.databases import OwnDatabase
from tests.jobs.forks import Forks

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = DBTaskResult._meta.db_table
CHORES = (
    f"SELECT status, CAST(worker_ids AS text) FROM {TABLE} "
    "WHERE task_path LIKE 'tests.jobs.chores.%'"
)


class Crew:
    """Queues chores and starts workers that run them."""

    def __init__(self, folder: Path, database: OwnDatabase) -> None:
        self.log = folder / "log.txt"
        self.database = database
        environment = {
            "VAR_DIR": str(folder),
            "DATABASE_URL": database.url,
        }
        self.forks = Forks(environment, folder / "workers.txt")

    def start(self, count: int = 1) -> int:
        """Start workers; return the process id of the last one."""
        return [self.forks.start() for _ in range(count)][-1]

    def exit_code(self, pid: int) -> int:
        """Wait for a worker to end; return how it did."""
        return self.forks.exit_code(pid)

    def enqueue(self, chore: str, *args: object) -> None:
        """Queue a chore of tests.jobs.chores, with the log as its first argument."""
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
        row = {
            "id": uuid.uuid4().hex,
            "status": "READY",
            "enqueued_at": now,
            "run_after": now,
            "args_kwargs": json.dumps({"args": [str(self.log), *args], "kwargs": {}}),
            "task_path": f"tests.jobs.chores.{chore}",
            "worker_ids": "[]",
            "queue_name": "default",
            "backend_name": "default",
            "priority": 0,
            "exception_class_path": "",
            "traceback": "",
        }
        names = ", ".join(row)
        places = ", ".join(f":{name}" for name in row)
        self.database.change(f"INSERT INTO {TABLE} ({names}) VALUES ({places})", row)

    def states(self) -> list[tuple[str, int]]:
        """State and number of attempts of every chore."""
        rows = self.database.rows(CHORES)
        return [(status, len(json.loads(worker_ids))) for status, worker_ids in rows]

    def words(self) -> list[str]:
        """What the chores wrote, without the process ids."""
        return [line.rsplit(" ", 1)[0] for line in self._lines()]

    def last_writer(self) -> int:
        return int(self._lines()[-1].rsplit(" ", 1)[1])

    def wait_for(self, is_true: Callable[[], bool], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < end, f"still waiting after {seconds} s: {self.words()}"
            time.sleep(0.05)

    def clear(self) -> None:
        """Kill what runs and forget what there was to do."""
        self.forks.kill_all()
        self.log.unlink(missing_ok=True)
        self.database.change(f"DELETE FROM {TABLE}")

    def dismiss(self) -> None:
        self.forks.dismiss()

    def _lines(self) -> list[str]:
        return self.log.read_text().splitlines() if self.log.exists() else []
