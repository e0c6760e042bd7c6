"""Which mutants are tried: a checked-in list, drawn once from all that can be made."""

from __future__ import annotations

import hashlib
from pathlib import Path

from mutants.making import ROOT, Mutant, mutants_of

LIST = Path(__file__).resolve().parent / "list.txt"
EQUIVALENT = Path(__file__).resolve().parent / "equivalent.txt"
FEWEST = 300

# Rows, credits and rate: what is drawn from each, and how many.
AREAS: dict[str, tuple[tuple[str, ...], int]] = {
    "claims": (
        (
            "imports/models/chunks.py",
            "imports/services/claims.py",
            "imports/services/ledger.py",
            "imports/services/settling.py",
            "imports/services/splitting.py",
            "imports/services/turns.py",
            "imports/services/writing.py",
        ),
        70,
    ),
    "answers": (
        (
            "imports/services/answers.py",
            "imports/services/earlier.py",
            "imports/services/retrying.py",
        ),
        70,
    ),
    "money": (
        (
            "imports/services/approved.py",
            "imports/services/given.py",
            "imports/services/pausing.py",
            "imports/services/quoting.py",
            "imports/services/sending.py",
            "imports/services/starting.py",
            "imports/services/sums.py",
            "enrichment/services.py",
        ),
        90,
    ),
    "budget": (
        (
            "connections/budget.py",
            "cleanlist_api/admission.py",
            "cleanlist_api/budget.py",
            "cleanlist_api/retry.py",
        ),
        60,
    ),
    "core": (
        (
            "imports/core/plan.py",
            "imports/core/check.py",
            "imports/core/rows.py",
            "imports/core/clean.py",
            "imports/core/seen.py",
            "imports/core/matching.py",
            "imports/core/figures.py",
            "imports/core/canary.py",
            "imports/core/columns.py",
        ),
        80,
    ),
}


def every() -> list[Mutant]:
    """All mutants of all areas."""
    return [mutant for path in places() for mutant in mutants_of(path)]


def places() -> list[str]:
    """The files of all areas."""
    return [path for paths, _ in AREAS.values() for path in paths if (ROOT / path).exists()]


def drawn(seed: int) -> list[Mutant]:
    """A sample of each area, the same for the same seed and code. Each mutant draws its own
    lot, so where the code changes the others stay in the list or out of it."""
    chosen: list[Mutant] = []
    for paths, count in AREAS.values():
        made = [m for path in paths if (ROOT / path).exists() for m in mutants_of(path)]
        in_line = sorted(made, key=lambda mutant: _lot(seed, mutant))
        chosen += sorted(in_line[:count], key=str)
    return chosen


def _lot(seed: int, mutant: Mutant) -> bytes:
    return hashlib.sha256(f"{seed} {mutant}".encode()).digest()


def listed() -> list[Mutant]:
    """The mutants of the checked-in list that the code still has.

    Raises LookupError when fewer than FEWEST are left.
    """
    known = {str(mutant): mutant for mutant in every()}
    left = [known[line] for line in LIST.read_text().splitlines() if line in known]
    if len(left) < FEWEST:
        raise LookupError(
            f"Only {len(left)} mutants of {LIST.name} are of code that is still there. Draw "
            "anew: python -m mutants draw"
        )
    return left


def named(lines: list[str]) -> list[Mutant]:
    """The mutants of these lines."""
    known = {str(mutant): mutant for mutant in every()}
    return [known[line] for line in lines]


def equivalent() -> dict[str, str]:
    """Mutants that change nothing anybody could notice, each with the reason."""
    if not EQUIVALENT.exists():
        return {}
    lines = [line for line in EQUIVALENT.read_text().splitlines() if line.strip()]
    return dict(zip(lines[::2], (line.strip() for line in lines[1::2]), strict=True))
