"""One process of the portal, as its supervisor sees it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

# A child that lived this long had a good start; its next crash is its first.
GOOD_LIFE = 20.0
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
LONGEST_LINE = 64 * 1024


@dataclass
class Child:
    """A command that is kept running."""

    name: str
    command: list[str]
    stage: int = 1
    process: subprocess.Popen[bytes] | None = None
    crashes: int = 0
    started_at: float = 0.0
    start_again_at: float = 0.0
    _rest: bytes = field(default=b"", repr=False)

    @property
    def is_up(self) -> bool:
        return self.process is not None

    def start(self) -> None:
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603
            self.command,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            # Ctrl-C in the terminal is for the supervisor alone; it tells its children.
            start_new_session=True,
            preexec_fn=dies_with(os.getpid()),  # noqa: PLW1509
        )
        if self.process.stdout is not None:
            os.set_blocking(self.process.stdout.fileno(), False)

    def send(self, signum: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signum)

    def read_lines(self) -> Iterator[bytes]:
        """Yield the complete lines written since the last call."""
        if self.process is None or self.process.stdout is None:
            return
        *lines, self._rest = (self._rest + (self.process.stdout.read() or b"")).split(b"\n")
        if len(self._rest) > LONGEST_LINE:
            lines, self._rest = [*lines, self._rest], b""
        yield from lines

    def bury(self) -> int | None:
        """Return the exit code of a process that has ended, once; None while it runs."""
        if self.process is None or (code := self.process.poll()) is None:
            return None
        if time.monotonic() - self.started_at > GOOD_LIFE:
            self.crashes = 0
        self.start_again_at = time.monotonic() + self.pause
        self.crashes += 1
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return code

    @property
    def pause(self) -> float:
        """Seconds to wait before the next start, longer after each crash."""
        return min(FIRST_PAUSE * 2.0**self.crashes, LONGEST_PAUSE)


def _environment() -> dict[str, str]:
    """The sandbox has settings of its own, so ours must not reach it."""
    inherited = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    return {**inherited, "PYTHONUNBUFFERED": "1"}


def dies_with(parent: int) -> Callable[[], None] | None:
    """On Linux, have the kernel stop a child whose supervisor was killed."""
    if sys.platform != "linux":
        return None
    libc, set_parent_death_signal = ctypes.CDLL(None), 1

    def ask_kernel() -> None:
        libc.prctl(set_parent_death_signal, signal.SIGTERM)
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
