"""pytest runs the tests once to see which of them enter which function; then each mutant is
put into a fork of that process, where only the tests that enter its function run.

Several such processes share the tests of the first run and the mutants after it.
"""

from __future__ import annotations

import builtins
import gc
import os
import time
from collections import Counter, defaultdict
from collections.abc import Container, Iterable
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from requests.adapters import HTTPAdapter

from mutants.database import Kept
from mutants.forks import Broken, Failing, Timed, first_failing
from mutants.making import Mutant, code_of, place, watched
from mutants.seen import Seen

ENTERED = "__entered__"
# A mutant that tests as long as so many usual ones have not noticed is said to survive; of one
# that is known to change nothing, fewer are asked.
MOST_TESTS = 400
MOST_FOR_EQUIVALENT = 30
# How much longer than usual a test may take on a busy machine before it counts as failing.
MOST_PATIENCE = 8
FRACTION = 0.25


class Trial:
    """The plugin: `part` of `parts` tries its share and writes it to `folder`.

    `before` is what an earlier run has seen; a test it knows is not run first. `paths` are
    watched as well, for what a later run wants to know; `equivalents` are not tried as hard.
    """

    def __init__(
        self,
        mutants: list[Mutant],
        folder: Path,
        part: int,
        parts: int,
        before: Seen,
        paths: Iterable[str] = (),
        equivalents: Container[str] = (),
    ) -> None:
        self.mutants, self.folder, self.before = mutants, folder, before
        self.equivalents = equivalents
        self.paths = {*paths, *(mutant.path for mutant in mutants)}
        self.part, self.parts = part, parts
        self.trusted: set[str] = set()
        self.failing: set[str] = set()
        self.kills: Counter[tuple[str, str]] = Counter()

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.session = session
        self.items = {item.nodeid: item for item in session.items}
        self.functions = watch(self.paths)
        self._first_run()
        seen = self._seen_by_all()
        self.usual_seconds = seen.usual_seconds
        self._be_ready_to_fork()
        for at, mutant in enumerate(self.mutants):
            if self._is_mine(at):
                self._tell(mutant, *self._try(mutant, seen.entering(mutant, self.items)))
        return True

    # --- the first run -----------------------------------------------------------

    def _first_run(self) -> None:
        """Run each test without a mutant; what is entered, by whom, and how long it took."""
        unknown = [item for item in self.items.values() if not self.before.knows(item)]
        mine = unknown[self.part :: self.parts] + self._one_for_each_lasting_fixture()
        seen = Seen()
        seen.add_functions(self.functions)
        for at, item in enumerate(mine):
            following = mine[at + 1] if at + 1 < len(mine) else self.session
            began = time.monotonic()
            places = self._places_entered(item, following)
            seen.add(item.nodeid, places, time.monotonic() - began)
            if at % 10 == 0:
                self._write(f"run-{self.part}.txt", f"{at} {len(mine)}")
        self._write(f"seen-{self.part}.json", seen.as_json())

    def _one_for_each_lasting_fixture(self) -> list[pytest.Item]:
        """A server that lasts for the session is to be started before the forks, not in
        each; the first run does, unless an earlier one stands for it."""
        found: dict[str, pytest.Item] = {}
        items = self.items.values() if self.before else ()
        for item in (each for each in items if isinstance(each, pytest.Function)):
            for name, definitions in item._fixtureinfo.name2fixturedefs.items():
                if definitions[-1].scope == "session":
                    found.setdefault(name, item)
        return list({item.nodeid: item for item in found.values()}.values())

    def _places_entered(self, item: pytest.Item, following: Any) -> set[str]:
        places: set[str] = set()
        setattr(builtins, ENTERED, places.add)
        passed = _passes(item, following)
        setattr(builtins, ENTERED, id)
        if not passed:
            self._leave_out(item.nodeid)
            return set()
        return places

    def _seen_by_all(self) -> Seen:
        seen = self.before
        for part in range(self.parts):
            path = self.folder / f"seen-{part}.json"
            while not path.exists():
                time.sleep(0.2)
            seen = seen.merged(Seen.from_json(path.read_text()))
        return seen

    def _be_ready_to_fork(self) -> None:
        """No connection is shared by two forks; what is here is not looked at again."""
        for each in gc.get_objects():
            if issubclass(type(each), HTTPAdapter):
                each.close()
        self.database = Kept(self.folder / f"database-{self.part}")
        self.live = _live_functions()
        gc.collect()
        gc.freeze()

    # --- the mutants -------------------------------------------------------------

    def _try(self, mutant: Mutant, entering: list[Timed]) -> tuple[str, str]:
        """`killed` and by which test; or `survived`, `broken`, or `not entered` when no
        test comes there at all."""
        if not entering:
            return "not entered", ""
        patience = 1.0
        while tests := self._in_order(mutant, entering):
            try:
                failing = first_failing(
                    tests, lambda: self._prepare(mutant), self._passes, patience
                )
            except Broken:
                return "broken", ""
            if failing is None:
                return "survived", ""
            if self._is_proof(failing, tests, patience):
                self.kills[mutant.function, failing.name] += 1
                return "killed", failing.name
            patience *= 2
        return "survived", ""

    def _in_order(self, mutant: Mutant, entering: list[Timed]) -> list[Timed]:
        """Those that noticed others of its function first, then the file's own, the fastest
        first."""
        own = f"/test_{Path(mutant.path).name}::"

        def rank(test: Timed) -> tuple[int, bool, float]:
            kills = self.kills[mutant.function, test.name]
            return -kills, own not in test.name, test.seconds

        tests = [test for test in entering if test.name not in self.failing]
        is_equivalent = str(mutant) in self.equivalents
        most = MOST_FOR_EQUIVALENT if is_equivalent else MOST_TESTS
        left = most * self.usual_seconds
        chosen: list[Timed] = []
        for test in sorted(tests, key=rank):
            left -= test.seconds
            if left > 0 or not chosen:
                chosen.append(test)
        return chosen

    def _is_proof(self, failing: Failing, tests: list[Timed], patience: float) -> bool:
        """Whether the test passes in a fork without a mutant; one that took too long has to
        do so now, in a fraction of the time. If it does not, all get more of it, up to where
        the test is left out."""
        if failing.name in self.trusted and not failing.took_too_long:
            return True
        alone = [test for test in tests if test.name == failing.name]
        given = patience * FRACTION if failing.took_too_long else patience
        without = first_failing(alone, self.database.restore, self._passes, given)
        if without is None:
            self.trusted.add(failing.name)
            return True
        if not without.took_too_long or patience >= MOST_PATIENCE:
            self._leave_out(failing.name)
        return False

    def _prepare(self, mutant: Mutant) -> None:
        self.database.restore()
        code = code_of(mutant)
        for function in self.live[place(mutant.path, mutant.function)]:
            function.__code__ = code

    def _passes(self, name: str, following: str | None) -> bool:
        return _passes(self.items[name], self.items[following] if following else self.session)

    # --- what is told ------------------------------------------------------------

    def _is_mine(self, at: int) -> bool:
        """The parts take the next mutant from one pile."""
        try:
            (self.folder / f"taken-{at}").touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    def _tell(self, mutant: Mutant, outcome: str, by: str) -> None:
        self._append(f"outcomes-{self.part}.txt", f"{outcome}\t{mutant}\t{by}")

    def _leave_out(self, name: str) -> None:
        self.failing.add(name)
        self._append("failed.txt", name)

    def _append(self, name: str, line: str) -> None:
        with (self.folder / name).open("a") as file:
            file.write(line + "\n")

    def _write(self, name: str, text: str) -> None:
        draft = self.folder / f"{name}.{os.getpid()}"
        draft.write_text(text)
        draft.rename(self.folder / name)


def _passes(item: pytest.Item, following: Any) -> bool:
    reports = runtestprotocol(item, log=False, nextitem=following)
    return not any(report.failed for report in reports)


def watch(paths: set[str]) -> list[str]:
    """Let every function of these files tell when it is entered; the places of all."""
    setattr(builtins, ENTERED, id)
    live = _live_functions()
    places = []
    for path in paths:
        for name, code in watched(path, ENTERED).items():
            places.append(place(path, name))
            for function in live.get(places[-1], []):
                function.__code__ = code
    return places


def _live_functions() -> dict[str, list[FunctionType]]:
    gc.unfreeze()
    live: dict[str, list[FunctionType]] = defaultdict(list)
    for each in gc.get_objects():
        if type(each) is FunctionType:
            live[f"{each.__code__.co_filename} {each.__code__.co_qualname}"].append(each)
    return live
