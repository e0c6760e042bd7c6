"""The crash points of the portal's worker, and of the workers that have to fail."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaos import controls, report, tracing
from chaos.place import Place
from chaos.points import ENVIRON, Points, Tally
from chaos.progress import Progress
from chaos.verdict import verdict

KINDS = tuple(tracing.KINDS)
# The whole enumeration of three chunks has more than this; less means that calls are missed.
LEAST_POINTS = 300
# Where a worker waits for an answer or is about to ask: where the faults do their harm.
CONTROL_KINDS = ("connect", "sendto", "recvfrom")


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    place = Place(folder, **ENVIRON)
    try:
        found = [Points(place, progress).tried(KINDS, asked.sample, asked.seed)]
        faulty = [Points(place, progress, control) for control in controls.CONTROLS]
        found += [_tried(points, asked.sample) for points in faulty]
    finally:
        place.close()
    report.print_points(found)
    least = LEAST_POINTS if asked.sample is None else 1
    return report.judged(verdict(found, KINDS, least))


def _tried(points: Points, sample: int | None) -> Tally:
    """Kill a worker with a fault everywhere, or until it is found out."""
    return points.every(CONTROL_KINDS) if sample is None else points.found_out()
