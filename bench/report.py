"""Figures beside their goals: what was measured, what a peer took in the same rounds."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Figure:
    """What the portal took in each round, less being better, and a peer in the same rounds.

    `goal`: the most the median may be; beside a peer the most the median of the ratios, round
    by round, may be. None where a figure is only told.
    """

    what: str
    ours: Sequence[float]
    unit: str = ""
    goal: float | None = None
    peer: str = ""
    theirs: Sequence[float] = ()

    @property
    def ratios(self) -> list[float]:
        pairs = zip(self.ours, self.theirs, strict=True) if self.theirs else ()
        return [own / other for own, other in pairs]

    @property
    def judged(self) -> float:
        """What is compared with the goal."""
        return median(self.ratios or self.ours)

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.judged <= self.goal


def table(figures: Iterable[Figure]) -> Iterator[str]:
    """A head and a line for each figure."""
    head = ("", "ours", "least–most", "peer", "theirs", "ratio", "goal", "")
    yield _LINE.format(*head).rstrip()
    for figure in figures:
        yield _LINE.format(*_cells(figure)).rstrip()


def summary(figures: Sequence[Figure]) -> str:
    goals = [figure for figure in figures if figure.goal is not None]
    missed = [figure.what for figure in goals if not figure.is_met]
    words = f"{len(goals) - len(missed)} of {len(goals)} goals met"
    return f"{words}; missed: {', '.join(missed)}" if missed else words


def machine() -> str:
    """What figures of another day must not be compared without."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {_processor()}; {platform.system()} "
        f"{platform.machine()}; Python {platform.python_version()}; load {load}"
    )


_LINE = "{:<48} {:>12} {:>15}  {:<22} {:>12} {:>7} {:>9}  {}"


def _cells(figure: Figure) -> tuple[str, ...]:
    spread = f"{_number(min(figure.ours))}–{_number(max(figure.ours))}"
    theirs = _value(median(figure.theirs), figure.unit) if figure.theirs else ""
    goal = "" if figure.goal is None else f"≤ {figure.goal:,g}{'x' if theirs else ''}"
    return (
        figure.what,
        _value(median(figure.ours), figure.unit),
        spread if len(figure.ours) > 1 else "",
        figure.peer,
        theirs,
        f"{median(figure.ratios):.3g}x" if theirs else "",
        goal,
        "" if figure.goal is None else "met" if figure.is_met else "MISSED",
    )


def _value(number: float, unit: str) -> str:
    return f"{_number(number)} {unit}".rstrip()


def _number(number: float) -> str:
    """Three digits that tell, or the whole number."""
    return f"{number:,.0f}" if number >= 100 or number == int(number) else f"{number:.3g}"


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            names = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        names = []
    return names[0] if names else platform.processor()
