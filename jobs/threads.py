"""A thread that goes beside a block of a worker and ends with it."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from types import TracebackType

from django.db import connection


class ThreadBeside(ABC):
    """`work` runs in a thread of its own until the block ends and sets `stopped`."""

    name = ""

    def __init__(self) -> None:
        self.stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name=self.name, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stopped.set()
        self._thread.join(timeout=5)

    @abstractmethod
    def work(self) -> None:
        """What the thread does; it asks `stopped` between two steps."""

    def _run(self) -> None:
        try:
            self.work()
        finally:
            connection.close()
