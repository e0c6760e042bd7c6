"""Worker processes forked by one that has Django loaded: started at once, killed at will."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.live_sandbox import ROOT


class Forks:
    """Workers in an environment of their own; what they log goes to `log`."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        settings = {"DJANGO_SETTINGS_MODULE": "cleanlist_portal.settings"}
        self.pids: list[int] = []
        with log.open("w") as errors:
            self._nursery = subprocess.Popen(
                [sys.executable, "-m", "tests.jobs.nursery"],
                cwd=ROOT,
                env={**os.environ, **settings, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )

    def start(self) -> int:
        """Start a worker; return its process id."""
        self.pids.append(self._ask("start"))
        return self.pids[-1]

    def exit_code(self, pid: int) -> int:
        """Wait for a worker to end; return how it did."""
        self.pids.remove(pid)
        return self._ask(f"wait {pid}")

    def kill(self, pid: int) -> None:
        os.kill(pid, signal.SIGKILL)
        self.exit_code(pid)

    def kill_all(self) -> None:
        for pid in list(self.pids):
            self.kill(pid)

    def dismiss(self) -> None:
        self.kill_all()
        self._nursery.communicate()

    def _ask(self, question: str) -> int:
        self._nursery.stdin.write(f"{question}\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())
