"""The crash points of an undo, and of one that a person stops; `python -m chaos undo`."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaos import report
from chaos.place import Place
from chaos.points import ENVIRON
from chaos.progress import Progress
from chaos.stops import NOT_WAITED_FOR, StoppedAfterTheKill, StoppedDuringACall, StopPoints
from chaos.undo_points import COUNTED_FIRST, PHASES, UndoPoints
from chaos.verdict import verdict

KINDS = ("connect", "sendto", "recvfrom", "pwrite64", "fdatasync")
# Where a removal is on its way: what a sample of the stops is taken from.
ON_ITS_WAY = ("sendto", "recvfrom")
LEAST_POINTS = 60


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    is_whole = asked.sample is None
    place = Place(folder, **ENVIRON)
    drawn = (asked.sample, asked.seed)
    try:
        ended = [
            UndoPoints(place, progress).tried(KINDS, *drawn),
            UndoPoints(place, progress, COUNTED_FIRST).found_out(),
        ]
        stopped = [
            points.tried(KINDS if is_whole else ON_ITS_WAY, *drawn)
            for points in _stops(place, progress, is_whole=is_whole)
        ]
        stopped.append(StoppedAfterTheKill(place, progress, NOT_WAITED_FOR).found_out())
    finally:
        place.close()
    report.print_points([*ended, *stopped], PHASES)
    least = LEAST_POINTS if is_whole else 1
    problems = verdict(ended, KINDS, least)
    return report.judged(problems + verdict(stopped, KINDS if is_whole else ON_ITS_WAY, least))


def _stops(place: Place, progress: Progress, *, is_whole: bool) -> list[StopPoints]:
    kinds = (StoppedAfterTheKill, StoppedDuringACall) if is_whole else (StoppedAfterTheKill,)
    return [kind(place, progress) for kind in kinds]
