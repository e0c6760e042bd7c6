"""Put small faults into the code one at a time, and say which no test notices.

    python -m mutants                       the checked-in list
    python -m mutants all                   every one that can be made
    python -m mutants [all] --only PATTERN  those whose line the regular expression finds, with
                                            what an earlier run saw of tests unchanged since
    python -m mutants draw [SEED]           write a new list

Exits with 1 if a mutant is noticed by no test and not named in `equivalent.txt`, or if a
test fails without any. `JOBS` (2) processes share the work.
"""

from __future__ import annotations

import os
import re
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from mutants import choosing
from mutants.making import ROOT, Mutant
from mutants.seen import Seen

SEED = 20261125
SEEN = ROOT / "var" / "mutants.json"
_PAUSE = 10.0


def main(arguments: list[str]) -> int:
    match arguments:
        case ["draw", *seed]:
            return _draw(int(seed[0]) if seed else SEED)
        case [*which, "--only", pattern] if which in ([], ["all"]):
            wanted = [m for m in _mutants(which) if re.search(pattern, str(m))]
            return _try(wanted, _seen_of(wanted))
        case [] | ["all"]:
            return _try(_mutants(arguments), Seen())
    print(__doc__)
    return 2


def _mutants(which: list[str]) -> list[Mutant]:
    return choosing.every() if which else choosing.listed()


def _seen_of(wanted: list[Mutant]) -> Seen:
    """What an earlier run saw, unless a function is newer."""
    seen = Seen.from_json(SEEN.read_text()) if SEEN.exists() else Seen()
    return seen if seen.watched(wanted) else Seen()


def _draw(seed: int) -> int:
    lines = [str(mutant) for mutant in choosing.drawn(seed)]
    choosing.LIST.write_text("\n".join(lines) + "\n")
    print(f"{len(lines)} mutants of {len(choosing.every())} drawn with seed {seed}")
    return 0


def _try(wanted: list[Mutant], before: Seen) -> int:
    began = time.time()
    names = [str(mutant) for mutant in wanted]
    with tempfile.TemporaryDirectory(prefix="mutants-") as made:
        folder = Path(made)
        (folder / "wanted.txt").write_text("\n".join(names))
        (folder / "before.json").write_text(before.as_json())
        codes = _run_parts(folder, int(os.environ.get("JOBS", "2")), len(names))
        outcomes = [line.split("\t") for line in _lines(folder, "outcomes-*.txt")]
        failed = _lines(folder, "failed.txt")
        if any(codes):
            print("\n".join(_lines(folder, "words-*.txt")[-40:]))
        _keep_seen(folder, before, began)
    told = {mutant: outcome for outcome, mutant, _ in outcomes}
    return _report({name: told.get(name, "not tried") for name in names}, failed, codes, began)


def _run_parts(folder: Path, parts: int, mutants: int) -> list[int]:
    running = [_start(folder, part, parts) for part in range(parts)]
    said = ""
    while any(process.poll() is None for process in running):
        time.sleep(0.2)
        if time.monotonic() % _PAUSE < 0.2 and (now := _progress(folder, mutants)) != said:
            said = now
            print(f"  {said}", flush=True)
    return [process.wait() for process in running]


def _progress(folder: Path, mutants: int) -> str:
    tried = _lines(folder, "outcomes-*.txt")
    if tried:
        unnoticed = sum(not line.startswith("killed") for line in tried)
        return f"{len(tried)} of {mutants} mutants, {unnoticed} not noticed"
    runs = [line.split() for line in _lines(folder, "run-*.txt")]
    done, tests = (sum(int(run[at]) for run in runs) for at in (0, 1))
    return f"{done} of {tests} tests without a mutant"


def _start(folder: Path, part: int, parts: int) -> subprocess.Popen[bytes]:
    own = folder / f"var-{part}"
    own.mkdir()
    environment = {**os.environ, "VAR_DIR": str(own), "PYTHONHASHSEED": "0"}
    command = [sys.executable, "-m", "mutants.part", str(folder), str(part), str(parts)]
    with (folder / f"words-{part}.txt").open("w") as words:
        return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=words, stderr=words)


def _lines(folder: Path, pattern: str) -> list[str]:
    return [line for path in folder.glob(pattern) for line in path.read_text().splitlines()]


def _keep_seen(folder: Path, before: Seen, began: float) -> None:
    """For `--only` later on."""
    seen = before
    for path in folder.glob("seen-*.json"):
        seen = seen.merged(Seen.from_json(path.read_text()))
    seen.at = began
    SEEN.parent.mkdir(exist_ok=True)
    SEEN.write_text(seen.as_json())


def _report(told: dict[str, str], failed: list[str], codes: list[int], began: float) -> int:
    reasons = choosing.equivalent()
    survivors = [line for line, outcome in told.items() if outcome != "killed"]
    unexplained = [line for line in survivors if line not in reasons]
    for line in unexplained:
        print(f"{told[line]:>12}  {line}")
    for line in reasons:
        if told.get(line) == "killed":
            print(f"  equivalent?  {line} was noticed; take it out of equivalent.txt")
    for name in sorted(set(failed)):
        print(f"      failing  {name} without any mutant, and was left out")
    counts = Counter(told.values())
    minutes = (time.time() - began) / 60
    print(
        f"{len(told)} mutants in {minutes:.1f} min ({_busy_minutes():.1f} of a core): "
        f"{counts['killed']} killed, "
        f"{len(survivors) - len(unexplained)} equivalent, {len(unexplained)} survived"
    )
    return 1 if unexplained or failed or any(codes) else 0


def _busy_minutes() -> float:
    """What the processes and everything they started have used of the processor."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (used.ru_utime + used.ru_stime) / 60


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
