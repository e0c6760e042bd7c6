"""The crash points of the portal's worker, and of the workers that have to fail."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaos import controls, report, tracing
from chaos.controls import Control
from chaos.place import Place
from chaos.points import ENVIRON, Points, Tally
from chaos.verdict import verdict

# The whole enumeration of three chunks has more than this; less means that calls are missed.
LEAST_POINTS = 300
# Where a worker waits for an answer or is about to ask: where the faults do their harm.
CONTROL_KINDS = ("connect", "sendto", "recvfrom")


def main(asked: argparse.Namespace, folder: Path) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    place = Place(folder, **ENVIRON)
    try:
        found = [Points(place).tried(tracing.KINDS, asked.sample)]
        found += [_control(place, control, asked.sample) for control in controls.CONTROLS]
    finally:
        place.close()
    report.print_points(found)
    least = LEAST_POINTS if asked.sample is None else 1
    return report.judged(verdict(found, tracing.KINDS, least))


def _control(place: Place, control: Control, sample: int | None) -> Tally:
    points = Points(place, control)
    return points.every(CONTROL_KINDS) if sample is None else points.found_out()
