"""What pages and watching cost, each beside its goal; processor time, one person, in process.

`python -m bench.speed --strict` exits with 1 where a goal is missed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bench import world

QUERIES = 9
BYTES = 60_000
# A tab's pause at most, and how many tabs watch.
PAUSE, TABS = 5.0, 100


@dataclass(frozen=True)
class Figure:
    what: str
    found: float
    unit: str
    goal: float

    @property
    def is_met(self) -> bool:
        return self.found <= self.goal


def figures(found: dict[str, Any]) -> Iterator[Figure]:
    """`found`: what `bench.pages` prints."""
    for name, page in found.items():
        if page["status"] == 200 and not name.startswith(("watch", "sign")):
            yield Figure(f"{name}: queries", page["queries"], "", QUERIES)
            yield Figure(f"{name}: bytes", page["bytes"], "", BYTES)
    yield Figure("history of 5,000", found["imports"]["ms"], "ms", 30)
    for name in ("upload", "upload, a name typed"):
        yield Figure(f"{name}, of 5,000 lists", found[name]["ms"], "ms", 30)
    for name in ("watch, nothing new", "watch, 1,667 calls, nothing new"):
        yield Figure(name, found[name]["ms"], "ms", 3)
    yield Figure(f"{TABS} tabs, a change a second", _share(found), "% of a core", 10)


def _share(found: dict[str, Any]) -> float:
    """Each tab asks and is sent what is new; each of two processes renders twice a pause."""
    asked = TABS / PAUSE * found["watch, sent"]["ms"]
    rendered = 2 * 2 / PAUSE * found["watch, rendered"]["ms"]
    return float((asked + rendered) / 10)


def main() -> bool:
    with world.folder() as place:
        found = world.apart("bench.pages", place)
    print("Pages and watching, a portal of 5,000 lists and imports\n")
    print(f"{'':<42} {'found':>9} {'goal':>9}")
    all_met = True
    for figure in figures(found):
        all_met = all_met and figure.is_met
        missed = "" if figure.is_met else "  missed"
        print(
            f"{figure.what:<42} {figure.found:>9,.1f} {figure.goal:>9,g} {figure.unit}{missed}"
        )
    for name in ("lists, 100", "leads, 100", "leads, 500", "run, 1,667 calls"):
        print(f"{name:<42} {found[name]['ms']:>9,.1f}           ms")
    print()
    return all_met


if __name__ == "__main__":
    sys.exit(0 if main() or "--strict" not in sys.argv else 1)
