"""Keeps the portal's processes running and their logs readable.

One thread: a selector reads what the children write, dead ones are started again after a
pause, SIGINT and SIGTERM end the loop. Nothing here knows what the children do.
"""

from __future__ import annotations

import os
import selectors
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import BinaryIO

from cleanlist_portal.children import Child

COLOURS = ("36", "33", "35", "32", "34")
TICK = 0.1
# Seconds a child gets after SIGTERM before SIGKILL, which loses nothing either.
PATIENCE = 12.0


class Supervisor:
    """Runs children and stops them stage by stage, the highest stage first."""

    def __init__(self, out: BinaryIO | None = None) -> None:
        self.children: list[Child] = []
        self.stop_requests = 0
        self.is_stopping = False
        self._selector = selectors.DefaultSelector()
        self._out = out or sys.stdout.buffer
        self._has_colour = self._out.isatty() and not os.environ.get("NO_COLOR")

    def listen(self) -> None:
        """Turn Ctrl-C and SIGTERM into an orderly stop."""
        signal.signal(signal.SIGINT, self._ask_to_stop)
        signal.signal(signal.SIGTERM, self._ask_to_stop)

    def add(self, name: str, *command: str, stage: int) -> Child:
        """Start a child and keep it running."""
        child = Child(name, list(command), stage)
        self.children.append(child)
        self._start(child)
        return child

    def run_until(self, is_true: Callable[[], bool], seconds: float = float("inf")) -> bool:
        """Look after the children until `is_true`, for `seconds` at most; return if it is.

        Raises KeyboardInterrupt as soon as somebody asks to stop.
        """
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if self.stop_requests:
                raise KeyboardInterrupt
            if is_true():
                return True
            self._pump()
            self._restart_dead()
        return False

    def stop(self) -> None:
        """Stop all children, stage by stage; a second request kills them at once."""
        self.is_stopping = True
        for stage in sorted({child.stage for child in self.children}, reverse=True):
            self._stop_all([child for child in self.children if child.stage == stage])

    def say(self, text: str) -> None:
        self._write(f"{text}\n".encode())

    def _ask_to_stop(self, signum: int, frame: FrameType | None) -> None:
        self.stop_requests += 1

    def _start(self, child: Child) -> None:
        child.start()
        if child.process is not None and child.process.stdout is not None:
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _restart_dead(self) -> None:
        for child in self.children:
            if child.is_up:
                self._bury(child)
            elif time.monotonic() >= child.start_again_at:
                self._start(child)

    def _bury(self, child: Child) -> int | None:
        if child.process is None or child.process.poll() is None:
            return None
        self._print_lines(child)
        self._selector.unregister(child.process.stdout)  # type: ignore[arg-type]
        code = child.bury()
        pause = child.start_again_at - time.monotonic()
        if not self.is_stopping:
            self._line(child, f"ended with code {code}, starts again in {pause:.1f} s")
        return code

    def _stop_all(self, children: list[Child]) -> None:
        for child in children:
            child.send(signal.SIGTERM)
        end = time.monotonic() + PATIENCE
        while any(child.is_up for child in children):
            for child in children:
                if time.monotonic() > end or self.stop_requests > 1:
                    child.send(signal.SIGKILL)
                self._bury(child)
            self._pump()

    def _pump(self) -> None:
        for key, _ in self._selector.select(TICK):
            self._print_lines(key.data)

    def _print_lines(self, child: Child) -> None:
        for line in child.read_lines():
            self._line(child, line.decode(errors="replace"))

    def _line(self, child: Child, text: str) -> None:
        width = max(len(one.name) for one in self.children)
        prefix = f"{child.name:<{width}} |"
        if self._has_colour:
            colour = COLOURS[self.children.index(child) % len(COLOURS)]
            prefix = f"\x1b[{colour}m{prefix}\x1b[0m"
        self._write(f"{prefix} {text}\n".encode())

    def _write(self, text: bytes) -> None:
        try:
            self._out.write(text)
            self._out.flush()
        except BrokenPipeError:  # whoever read our log has gone
            self.stop_requests += 1
