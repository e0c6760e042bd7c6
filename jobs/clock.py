"""The clock of a worker: a thread that runs what comes round, beside the tasks."""

from __future__ import annotations

from django.db import close_old_connections

from jobs.periodic import Rounds
from jobs.threads import ThreadBeside


class Clock(ThreadBeside):
    """Goes while its block runs."""

    name = "clock"

    def work(self) -> None:
        rounds = Rounds()
        while not self.stopped.wait(rounds.changes.ask_every):
            close_old_connections()
            rounds.go()
