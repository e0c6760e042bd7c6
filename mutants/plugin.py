"""pytest runs the tests once to see which of them enter which function; then each mutant is
put into a fork of that process, where only the tests that enter its function run.

Two such processes share the tests of the first run and the mutants after it.
"""

from __future__ import annotations

import builtins
import gc
import json
import os
import shutil
import signal
import time
from collections import defaultdict
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from django.db import connection, connections

from mutants.making import Mutant, code_of, place, watched

LONGEST_TEST = 20.0
ENTERED = "__entered__"
Entered = dict[str, list[tuple[str, float]]]


class Trial:
    """The plugin: `part` of `parts` tries its share and writes it to `folder`."""

    def __init__(self, mutants: list[Mutant], folder: Path, part: int, parts: int) -> None:
        self.mutants, self.folder = mutants, folder
        self.part, self.parts = part, parts

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = session.items
        mine = [item for at, item in enumerate(items) if at % self.parts == self.part]
        self._write(f"entered-{self.part}.json", self._first_run(mine, items[0]))
        entered = self._all_entered()
        by_name = {item.nodeid: item for item in items}
        self.template = _database_copy(self.folder / f"database-{self.part}")
        for at, mutant in enumerate(self.mutants):
            if at % self.parts == self.part:
                tests = sorted(
                    entered[place(mutant.path, mutant.function)], key=lambda each: each[1]
                )
                self._tell(mutant, self._try(mutant, tests, by_name, items[0]))
        return True

    def _first_run(self, mine: list[pytest.Item], other: pytest.Item) -> Entered:
        """Run each test without a mutant; what is entered, by whom, and how long it took."""
        entered: Entered = defaultdict(list)
        watch({mutant.path for mutant in self.mutants})
        for at, item in enumerate(mine):
            following = mine[at + 1] if at + 1 < len(mine) else other
            began = time.monotonic()
            places = self._places_entered(item, following)
            seconds = time.monotonic() - began
            for each in places:
                entered[each].append((item.nodeid, seconds))
        return entered

    def _places_entered(self, item: pytest.Item, following: pytest.Item) -> set[str]:
        places: set[str] = set()
        setattr(builtins, ENTERED, places.add)
        reports = runtestprotocol(item, log=False, nextitem=following)
        setattr(builtins, ENTERED, id)
        if any(report.failed for report in reports):
            self._append("failed.txt", item.nodeid)
            return set()
        return places

    def _all_entered(self) -> dict[str, list[tuple[str, float]]]:
        merged: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for part in range(self.parts):
            path = self.folder / f"entered-{part}.json"
            while not path.exists():
                time.sleep(0.2)
            for each, tests in json.loads(path.read_text()).items():
                merged[each] += [(name, seconds) for name, seconds in tests]
        return merged

    def _try(
        self,
        mutant: Mutant,
        tests: list[tuple[str, float]],
        items: dict[str, pytest.Item],
        other: pytest.Item,
    ) -> str:
        """`killed`, `survived`, or `not entered` when no test comes there at all."""
        if not tests:
            return "not entered"
        connections.close_all()
        if self.template:
            shutil.copy(self.template, _database())
        child = os.fork()
        if child == 0:
            os._exit(_run_with(mutant, [items[name] for name, _ in tests], other))
        # A mutant may wait for ever, which a test would notice.
        most = LONGEST_TEST + 10 * sum(seconds for _, seconds in tests)
        return "killed" if _exit_code(child, most) else "survived"

    def _tell(self, mutant: Mutant, outcome: str) -> None:
        self._append(f"outcomes-{self.part}.txt", f"{outcome}\t{mutant}")

    def _append(self, name: str, line: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(line + "\n")

    def _write(self, name: str, value: Any) -> None:
        draft = self.folder / f"{name}.draft"
        draft.write_text(json.dumps(value))
        draft.rename(self.folder / name)


def _run_with(mutant: Mutant, tests: list[pytest.Item], other: pytest.Item) -> int:
    """In the fork: 1 if a test fails, 0 if all pass."""
    try:
        put(mutant)
        for item, following in zip(tests, [*tests[1:], other], strict=True):
            if any(r.failed for r in runtestprotocol(item, log=False, nextitem=following)):
                return 1
    except BaseException:  # noqa: BLE001 (whatever breaks, the mutant was noticed)
        return 1
    return 0


def watch(paths: set[str]) -> None:
    """Let every function of these files tell when it is entered."""
    setattr(builtins, ENTERED, id)
    live = _live_functions()
    for path in paths:
        for name, code in watched(path, ENTERED).items():
            for function in live.get(place(path, name), []):
                function.__code__ = code


def put(mutant: Mutant) -> None:
    """Give every live copy of the function the code with the fault."""
    code = code_of(mutant)
    for function in _live_functions()[place(mutant.path, mutant.function)]:
        function.__code__ = code


def _live_functions() -> dict[str, list[FunctionType]]:
    gc.unfreeze()
    live: dict[str, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType:
            live[f"{each.__code__.co_filename} {each.__code__.co_qualname}"].append(each)
    return live


def _exit_code(child: int, most_seconds: float) -> int:
    deadline = time.monotonic() + most_seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return 1


def _database() -> str:
    return str(connection.settings_dict["NAME"])


def _database_copy(path: Path) -> Path | None:
    connections.close_all()
    if connection.vendor != "sqlite" or not Path(_database()).exists():
        return None
    shutil.copy(_database(), path)
    return path
