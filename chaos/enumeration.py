"""The crash points of the portal's worker, and of the workers that have to fail."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from chaos import controls, report, tracing
from chaos.controls import Control
from chaos.place import Place
from chaos.points import ENVIRON, Points, Tally, spread

# The whole enumeration of three chunks has more than this; less means that calls are missed.
LEAST_POINTS = 300
# Where a worker waits for an answer or is about to ask: where the faults do their harm.
CONTROL_KINDS = ("connect", "sendto", "recvfrom")


def main(asked: argparse.Namespace, folder: Path) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    place = Place(folder, **ENVIRON)
    try:
        found = [_portal(place, asked.sample)]
        found += [_control(place, control, asked.sample) for control in controls.CONTROLS]
    finally:
        place.close()
    report.print_points(found)
    problems = verdict(found, LEAST_POINTS if asked.sample is None else 1)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def verdict(found: list[Tally], least: int) -> list[str]:
    """Why the trial is not passed, in sentences; `found`: the portal's worker, controls."""
    portal, *faulty = found
    kinds = portal.kinds()
    problems = [
        f"No worker was killed at {kind}." for kind in tracing.KINDS if not kinds[kind]
    ]
    if len(portal.kills) < least:
        problems.append(f"Only {len(portal.kills)} crash points; {least} are the least.")
    if portal.broken:
        problems.append(f"{len(portal.broken)} crash points break a promise.")
    for tally, control in zip(faulty, controls.CONTROLS, strict=True):
        if not any(control.does_harm(trial.broken) for trial in tally.kills):
            problems.append(f"The worker with “{control.name}” was not found out.")
    return problems


def _portal(place: Place, sample: int | None) -> Tally:
    points = Points(place)
    if sample is None:
        return points.every(tracing.KINDS)
    return points.some(spread(points.calls(), sample))


def _control(place: Place, control: Control, sample: int | None) -> Tally:
    points = Points(place, control)
    if sample is None:
        return points.every(CONTROL_KINDS)
    calls = points.calls()[control.shows_at]
    every = [(control.shows_at, 1 + at) for at in range(calls)]
    return points.some(every, until_harm=True)
