"""`python -m chaos [PART…]`: break the portal, print what came of it.

Without a word every part is tried. Exit status 1 if a promise was broken, or if the trial
could not have seen that it was.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys

from chaos import (
    canary,
    enumeration,
    order,
    parts,
    random_kills,
    rate,
    refusals,
    signals,
    tracing,
    undo,
)
from chaos.parts import Part

# The longest first, so that all end together; what is timed last.
PARTS = {
    "points": enumeration.main,
    "canary": canary.main,
    "undo": undo.main,
    "kills": random_kills.main,
    "refusals": refusals.main,
    "signals": signals.main,
    "order": order.main,
    "rate": rate.main,
}
TIMED = {"rate"}
ALL = "all"


def main() -> int:
    asked = _arguments()
    try:
        tracing.require_strace()
    except tracing.NoStrace as problem:
        print(problem, file=sys.stderr)
        return 1
    named = PARTS if ALL in asked.parts else asked.parts
    return parts.run([_part(name, asked) for name in named], asked.jobs)


def _part(name: str, asked: argparse.Namespace) -> Part:
    return Part(name, functools.partial(PARTS[name], asked), is_timed=name in TIMED)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m chaos", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, ALL], default=ALL)
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="parts at a time")
    parser.add_argument("--sample", type=int, help="so many crash points instead of all")
    parser.add_argument("--kills", type=int, default=1000, help="random kills to make")
    parser.add_argument("--seed", type=int, default=41, help="of random kills and samples")
    parser.add_argument("--short", action="store_true", help="rate: little over a minute")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
