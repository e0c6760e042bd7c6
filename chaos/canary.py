"""The crash points of an import with a canary; `python -m chaos canary`."""

from __future__ import annotations

import argparse
from pathlib import Path

from chaos import report, tracing
from chaos.canary_points import CONTROLS, PHASES, CanaryPoints, WordPoints
from chaos.place import Place
from chaos.points import ENVIRON, Tally
from chaos.progress import Progress
from chaos.verdict import verdict

# The word goes into the database and nowhere else.
WORD_KINDS = ("pwrite64", "fdatasync")
# Where a worker is about to ask, waits for an answer or keeps it: what a sample is taken from.
SAMPLED = ("sendto", "recvfrom", "pwrite64")
LEAST_POINTS, LEAST_AT_THE_WORD = 300, 5


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    is_whole = asked.sample is None
    kinds = tuple(tracing.KINDS) if is_whole else SAMPLED
    place = Place(folder, **ENVIRON)
    try:
        canary = CanaryPoints(place, progress).tried(kinds, asked.sample, asked.seed)
        word = [WordPoints(place, progress).every(WORD_KINDS)] if is_whole else []
        faulty = [CanaryPoints(place, progress, each).found_out() for each in CONTROLS]
    finally:
        place.close()
    report.print_points([canary, *word, *faulty], PHASES)
    return report.judged(_problems([canary, *faulty], word, kinds, is_whole=is_whole))


def _problems(
    imports: list[Tally], word: list[Tally], kinds: tuple[str, ...], *, is_whole: bool
) -> list[str]:
    problems = verdict(imports, kinds, LEAST_POINTS if is_whole else 1)
    problems += verdict(word, WORD_KINDS, LEAST_AT_THE_WORD)
    unsaid = [tally for tally in word if not tally.phases()["word"]]
    return problems + [f"{tally.title}: nobody was killed before it." for tally in unsaid]
