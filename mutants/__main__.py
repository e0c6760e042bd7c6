"""`python -m mutants`: the checked-in list; `all`: every one; `draw [SEED]`: a new list.

Exits with 1 if a mutant is noticed by no test and not named in `equivalent.txt`.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mutants import choosing
from mutants.making import ROOT

SEED = 20261125


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["draw"]:
        seed = int(arguments[1]) if len(arguments) > 1 else SEED
        lines = [str(mutant) for mutant in choosing.drawn(seed)]
        choosing.LIST.write_text("\n".join(lines) + "\n")
        print(f"{len(lines)} mutants of {len(choosing.every())} drawn with seed {seed}")
        return 0
    return _try(arguments[0] if arguments else "list")


def _try(which: str) -> int:
    wanted = choosing.every() if which == "all" else choosing.listed()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="mutants-") as made:
        folder = Path(made)
        codes = _run_parts(folder, which, int(os.environ.get("JOBS", "2")))
        outcomes = _lines(folder, "outcomes-*.txt")
        failed = _lines(folder, "failed.txt")
        if any(codes):
            print("\n".join(_lines(folder, "words-*.txt")[-40:]))
    told = {mutant: outcome for outcome, mutant in (line.split("\t", 1) for line in outcomes)}
    return _report(
        {str(m): told.get(str(m), "not tried") for m in wanted}, failed, codes, began
    )


def _run_parts(folder: Path, which: str, parts: int) -> list[int]:
    running = [_start(folder, part, parts, which) for part in range(parts)]
    return [process.wait() for process in running]


def _start(folder: Path, part: int, parts: int, which: str) -> subprocess.Popen[bytes]:
    own = folder / f"var-{part}"
    own.mkdir()
    environment = {**os.environ, "VAR_DIR": str(own), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "mutants.part", str(folder), str(part), str(parts), which]
    with (folder / f"words-{part}.txt").open("w") as words:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=words, stderr=words)


def _lines(folder: Path, pattern: str) -> list[str]:
    return [line for path in folder.glob(pattern) for line in path.read_text().splitlines()]


def _report(told: dict[str, str], failed: list[str], codes: list[int], began: float) -> int:
    reasons = choosing.equivalent()
    survivors = [line for line, outcome in told.items() if outcome != "killed"]
    unexplained = [line for line in survivors if line not in reasons]
    for line in unexplained:
        print(f"{told[line]:>12}  {line}")
    for line in reasons:
        if told.get(line, "survived") == "killed":
            print(f"  equivalent?  {line} was noticed; take it out of equivalent.txt")
    for name in failed:
        print(f"      failing  {name} without any mutant, and was left out")
    counts = Counter(told.values())
    minutes = (time.monotonic() - began) / 60
    print(
        f"{len(told)} mutants in {minutes:.1f} min: {counts['killed']} killed, "
        f"{len(survivors) - len(unexplained)} equivalent, {len(unexplained)} survived"
    )
    return 1 if unexplained or failed or any(codes) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
