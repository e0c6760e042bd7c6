"""Tests run in a fork of the test process, until one fails: what happens there stays there."""

from __future__ import annotations

import contextlib
import os
import select
import signal
from collections.abc import Callable
from dataclasses import dataclass

# A fault may wait for ever: a test is given this long, and ten times what it took before.
LEAST_SECONDS = 4.0
_BEGINS, _FAILS, _ALL_PASS, _BROKEN = b".", b"F", b"P", b"B"


class Broken(Exception):
    """The fork could not even begin: that says nothing about the tests."""


@dataclass(frozen=True)
class Timed:
    """A test: its name, and the seconds it took when all was well."""

    name: str
    seconds: float


@dataclass(frozen=True)
class Failing:
    """A test that failed or died; or `took_too_long`, for which a busy machine is enough."""

    name: str
    took_too_long: bool = False


Passes = Callable[[str, str | None], bool]


@dataclass
class _Said:
    """What the fork has told so far."""

    begun: int = 0
    failed: bool = False
    broken: bool = False
    ended: bool = False
    took_too_long: bool = False

    def hear(self, said: bytes) -> None:
        self.begun += said.count(_BEGINS)
        self.broken = _BROKEN in said
        # A fork that ends without a word died of the fault.
        self.failed = _FAILS in said or not said
        self.ended = self.broken or self.failed or _ALL_PASS in said


def first_failing(
    tests: list[Timed], prepare: Callable[[], None], passes: Passes, patience: float = 1
) -> Failing | None:
    """The first of the tests that fails, dies or takes for ever after `prepare` in a fork.

    `passes` runs one and is told the next; each has `patience` times as long as usual.
    Raises Broken when `prepare` fails.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        _run(tests, prepare, passes, writing)
        os._exit(0)
    os.close(writing)
    try:
        said = _listen(reading, tests, patience)
    finally:
        _end(child)
        os.close(reading)
    if said.broken:
        raise Broken
    if not said.failed:
        return None
    return Failing(tests[max(said.begun - 1, 0)].name, said.took_too_long)


def _run(
    tests: list[Timed], prepare: Callable[[], None], passes: Passes, writing: int
) -> None:
    try:
        prepare()
    except BaseException:  # noqa: BLE001 (a fork must not go on as the test process)
        os.write(writing, _BROKEN)
        return
    try:
        names = [each.name for each in tests]
        for test, following in zip(names, [*names[1:], None], strict=True):
            os.write(writing, _BEGINS)
            if not passes(test, following):
                os.write(writing, _FAILS)
                return
        os.write(writing, _ALL_PASS)
    except BaseException:  # noqa: BLE001
        os.write(writing, _FAILS)


def _listen(reading: int, tests: list[Timed], patience: float) -> _Said:
    said = _Said()
    while not said.ended:
        test = tests[max(said.begun - 1, 0)]
        seconds = patience * (LEAST_SECONDS + 10 * test.seconds)
        ready, _, _ = select.select([reading], [], [], seconds)
        said.took_too_long = not ready
        said.hear(os.read(reading, 4096) if ready else _FAILS)
    return said


def _end(child: int) -> None:
    """The fork and whatever it started."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(child, signal.SIGKILL)
    with contextlib.suppress(ProcessLookupError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
