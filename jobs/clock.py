"""The clock of a worker: a thread that runs what comes round, beside the tasks."""

from __future__ import annotations

import threading
from types import TracebackType

from django.db import close_old_connections, connection

from jobs.periodic import Rounds


class Clock:
    """Goes while its block runs."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="clock", daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        rounds = Rounds()
        try:
            while not self._stopped.wait(rounds.changes.ask_every):
                close_old_connections()
                rounds.go()
        finally:
            connection.close()
