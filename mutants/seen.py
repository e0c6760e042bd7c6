"""Which test enters which function, and how long it takes: what the first run has seen."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

from mutants.forks import Timed
from mutants.making import Mutant, place


class _Test(Protocol):
    @property
    def nodeid(self) -> str: ...
    @property
    def path(self) -> Path: ...


class Seen:
    """`tests`: seconds by name; `places`: the tests by the function they enter."""

    def __init__(
        self,
        tests: dict[str, float] | None = None,
        places: dict[str, list[str]] | None = None,
        at: float = 0,
    ) -> None:
        self.tests, self.places, self.at = tests or {}, places or {}, at

    def __bool__(self) -> bool:
        return bool(self.tests)

    def add(self, name: str, places: Iterable[str], seconds: float) -> None:
        self.tests[name] = seconds
        for each in places:
            self.places.setdefault(each, []).append(name)

    def add_functions(self, places: Iterable[str]) -> None:
        """Functions that were watched, whether or not a test enters them."""
        for each in places:
            self.places.setdefault(each, [])

    def watched(self, mutants: Iterable[Mutant]) -> bool:
        """Whether it could have been seen who enters each mutant's function."""
        return all(place(each.path, each.function) in self.places for each in mutants)

    def knows(self, test: _Test) -> bool:
        """Whether it was seen since its file was last written."""
        return test.nodeid in self.tests and test.path.stat().st_mtime < self.at

    @property
    def usual_seconds(self) -> float:
        """What a test takes on this machine as busy as it is."""
        return sum(self.tests.values()) / max(len(self.tests), 1)

    def entering(self, mutant: Mutant, among: dict[str, Any]) -> list[Timed]:
        names = self.places.get(place(mutant.path, mutant.function), [])
        return [Timed(name, self.tests[name]) for name in names if name in among]

    def merged(self, other: Seen) -> Seen:
        """Both; what the other has seen of a test stands."""
        places = {
            each: [name for name in names if name not in other.tests]
            for each, names in self.places.items()
        }
        for each, names in other.places.items():
            places[each] = places.get(each, []) + names
        return Seen(self.tests | other.tests, places, max(self.at, other.at))

    def as_json(self) -> str:
        return json.dumps({"tests": self.tests, "places": self.places, "at": self.at})

    @classmethod
    def from_json(cls, text: str) -> Seen:
        return cls(**json.loads(text))
