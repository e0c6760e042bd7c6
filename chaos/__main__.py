"""`python -m chaos [PART]`: break the portal, print what came of it.

Without a word every part is tried. Exit status 1 if a promise was broken, or if the trial
could not have seen that it was.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from chaos import (
    canary,
    enumeration,
    order,
    random_kills,
    rate,
    refusals,
    signals,
    tracing,
    undo,
)

PARTS: dict[str, Callable[[argparse.Namespace, Path], int]] = {
    "points": enumeration.main,
    "canary": canary.main,
    "undo": undo.main,
    "order": order.main,
    "signals": signals.main,
    "refusals": refusals.main,
    "kills": random_kills.main,
    "rate": rate.main,
}


def main() -> int:
    asked = _arguments()
    if not asked.part:
        return max([_in_its_own_process(part) for part in PARTS])
    try:
        tracing.require_strace()
    except tracing.NoStrace as problem:
        print(problem, file=sys.stderr)
        return 1
    os.nice(5)
    with tempfile.TemporaryDirectory(prefix="chaos-", ignore_cleanup_errors=True) as folder:
        return PARTS[asked.part](asked, Path(folder))


def _in_its_own_process(part: str) -> int:
    """Each part has settings of its own, and Django reads them once."""
    command = [sys.executable, "-m", "chaos", part, *sys.argv[1:]]
    return subprocess.run(command, check=False).returncode


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("part", nargs="?", choices=list(PARTS))
    parser.add_argument("--sample", type=int, help="so many crash points instead of all")
    parser.add_argument("--kills", type=int, default=1000, help="random kills to make")
    parser.add_argument("--seed", type=int, default=41, help="of the random kills")
    parser.add_argument("--short", action="store_true", help="rate: little over a minute")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
