"""The tables that `python -m chaos` prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from chaos import tracing
from chaos.points import PHASES, Tally

LINE = "{:<38} {:>7} {:>6} {:>9} {:>6} {:>8}"


def print_points(found: list[Tally], phases: Sequence[str] = PHASES) -> None:
    print(LINE.format("worker", "points", "twice", "lost", "other", "seconds"))
    for tally in found:
        print(_line(tally))
    for tally in found:
        if tally.control is None:
            _print_kills(tally, phases)


def judged(problems: Sequence[str]) -> int:
    """Print why a trial is not passed; the exit status."""
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def _print_kills(tally: Tally, phases: Sequence[str]) -> None:
    print()
    print(f"{tally.title}: crash points")
    if tally.drawn:
        print(f"sample: {tally.drawn}: {tally.title}")
    print("by system call: " + _counts(tally.kinds(), list(tracing.KINDS)))
    print("by phase:       " + _counts(tally.phases(), phases))
    for trial in tally.broken:
        print(f"BROKEN {trial}")


def _line(tally: Tally) -> str:
    from chaos.invariants import lost, twice

    doubled = sum(twice(trial.broken) for trial in tally.broken)
    gone = sum(lost(trial.broken) for trial in tally.broken)
    other = sum(not (twice(t.broken) or lost(t.broken)) for t in tally.broken)
    return LINE.format(
        tally.title, len(tally.kills), doubled, gone, other, round(tally.seconds)
    )


def _counts(counts: dict[str, int], names: Sequence[str]) -> str:
    return ", ".join(f"{name} {counts.get(name, 0)}" for name in names)
