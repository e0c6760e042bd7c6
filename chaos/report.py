"""The tables that `python -m chaos` prints."""

from __future__ import annotations

from collections.abc import Sequence

from chaos import tracing
from chaos.points import PHASES, Tally

LINE = "{:<34} {:>7} {:>6} {:>9} {:>6} {:>8}"


def print_points(found: list[Tally], phases: Sequence[str] = PHASES) -> None:
    print(LINE.format("worker", "points", "twice", "lost", "other", "seconds"))
    for tally in found:
        print(_line(tally))
    print()
    print("crash points by system call: " + _counts(found[0].kinds(), list(tracing.KINDS)))
    print("crash points by phase:       " + _counts(found[0].phases(), phases))
    for trial in found[0].broken:
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
