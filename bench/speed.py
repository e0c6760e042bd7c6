"""What pages and watching cost, beside their goals; processor time, one person, in process."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import world
from bench.report import Figure

QUERIES = 9
BYTES = 60_000
# A tab's pause at most, and how many tabs watch.
PAUSE, TABS = 5.0, 100


def figures(place: Path) -> Iterator[Figure]:
    return figures_of(world.apart("bench.pages", place))


def figures_of(found: dict[str, Any]) -> Iterator[Figure]:
    """`found`: what `bench.pages` prints."""
    for name, page in found.items():
        if page["status"] == 200 and not name.startswith(("watch", "sign")):
            yield Figure(f"{name}: queries", [page["queries"]], "", QUERIES)
            yield Figure(f"{name}: bytes", [page["bytes"]], "", BYTES)
    yield _time("history of 5,000", found["imports"], 30)
    for name in ("upload", "upload, a name typed"):
        yield _time(f"{name}, of 5,000 lists", found[name], 30)
    for name in ("watch, nothing new", "watch, 1,667 calls, nothing new"):
        yield _time(name, found[name], 3)
    for name in ("lists, 100", "leads, 100", "leads, 500", "run, 1,667 calls"):
        yield _time(name, found[name])
    yield Figure(f"{TABS} tabs, a change a second, by sums", [_share(found)], "% core", 10)


def _time(what: str, page: dict[str, Any], goal: float | None = None) -> Figure:
    return Figure(what, page["took"], "ms", goal)


def _share(found: dict[str, Any]) -> float:
    """Each tab asks and is sent what is new; each of two processes renders twice a pause."""
    asked = TABS / PAUSE * found["watch, sent"]["ms"]
    rendered = 2 * 2 / PAUSE * found["watch, rendered"]["ms"]
    return float((asked + rendered) / 10)


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["pages"]))
