"""The crash points of an undo, and of one that a person stops; `python -m chaos undo`."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaos import report
from chaos.place import Place
from chaos.points import ENVIRON, Tally
from chaos.stops import NOT_WAITED_FOR, StoppedAfterTheKill, StoppedDuringACall
from chaos.undo_points import COUNTED_FIRST, PHASES, UndoPoints
from chaos.verdict import verdict

KINDS = ("connect", "sendto", "recvfrom", "pwrite64", "fdatasync")
# Where a removal is on its way: what a sample of the stops is taken from.
ON_ITS_WAY = ("sendto", "recvfrom")
LEAST_POINTS = 60


def main(asked: argparse.Namespace, folder: Path) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    is_whole = asked.sample is None
    place = Place(folder, **ENVIRON)
    try:
        ended = _ended(place, asked.sample)
        stopped = _stopped(place) if is_whole else _some_stopped(place, asked.sample)
    finally:
        place.close()
    report.print_points([*ended, *stopped], PHASES)
    least = LEAST_POINTS if is_whole else 1
    problems = verdict(ended, KINDS, least)
    return report.judged(problems + verdict(stopped, KINDS if is_whole else ON_ITS_WAY, least))


def _ended(place: Place, sample: int | None) -> list[Tally]:
    faulty = UndoPoints(place, COUNTED_FIRST)
    return [UndoPoints(place).tried(KINDS, sample), faulty.found_out()]


def _stopped(place: Place) -> list[Tally]:
    stops = (StoppedAfterTheKill(place), StoppedDuringACall(place))
    faulty = StoppedAfterTheKill(place, NOT_WAITED_FOR)
    return [*(points.every(KINDS) for points in stops), faulty.found_out()]


def _some_stopped(place: Place, sample: int) -> list[Tally]:
    points = StoppedAfterTheKill(place)
    faulty = StoppedAfterTheKill(place, NOT_WAITED_FOR)
    return [points.tried(ON_ITS_WAY, sample), faulty.found_out()]
