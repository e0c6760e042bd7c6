"""`python -m bench [PART ...]`: measure, and print each figure beside its goal and its peers.

Without a word every part is measured. Exit status 0 whatever the figures are, but with
`--strict`: 1 where a goal is missed. How to read it: docs/bench.md.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import (
    check,
    damage,
    detection,
    encodings,
    memory,
    pace,
    peers_first_load,
    peers_imports,
    peers_pages,
    peers_preview,
    peers_watching,
    report,
    speed,
    world,
)
from bench.report import Figure

PARTS: dict[str, Callable[[Path], Iterator[Figure]]] = {
    "pages": speed.figures,
    "peers": peers_pages.figures,
    "first-load": peers_first_load.figures,
    "watching": peers_watching.figures,
    "imports": peers_imports.figures,
    "preview": peers_preview.figures,
    "memory": memory.figures,
    "pace": pace.figures,
}
# Their tables speak for themselves; no goal is set.
TABLES: dict[str, Callable[[], None]] = {
    "check": check.main,
    "damage": damage.main,
    "encodings": encodings.main,
}


def main(words: Sequence[str]) -> int:
    asked = _arguments(words)
    parts = asked.part or [*PARTS, *TABLES]
    print(f"{time.strftime('%Y-%m-%d %H:%M')}; {report.machine()}\n", flush=True)
    figures = _measured([part for part in parts if part in PARTS])
    for part in parts:
        if part in TABLES:
            TABLES[part]()
    if asked.corpora:
        detection.main(asked.corpora)
    if not figures:
        return 0
    print(*report.table(figures), "", report.summary(figures), report.machine(), sep="\n")
    return 1 if asked.strict and not all(figure.is_met for figure in figures) else 0


def _measured(parts: Sequence[str]) -> list[Figure]:
    figures: list[Figure] = []
    with world.folder() as place:
        for part in parts:
            began = time.monotonic()
            figures += PARTS[part](place)
            print(f"{part}: measured in {time.monotonic() - began:.0f} s", flush=True)
    print()
    return figures


def _arguments(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("part", nargs="*", type=_part, help=", ".join([*PARTS, *TABLES]))
    parser.add_argument("--corpora", help="a folder of CSV files whose form is to be told")
    parser.add_argument(
        "--strict", action="store_true", help="exit with 1 if a goal is missed"
    )
    return parser.parse_args(words)


def _part(word: str) -> str:
    if word not in PARTS and word not in TABLES:
        raise argparse.ArgumentTypeError(f"no part is named {word}")
    return word


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
