"""Upload to planned chunks, beside Python's csv.reader on the same file in the same run.

Each reading runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import csv
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench.people import write_people
from imports.core.check import check
from imports.core.columns import mapping_of, match_columns
from imports.core.plan import Caps
from imports.core.sniff import sniff_stream
from imports.core.table import read_table

SIZES = (10_000, 100_000)
ROUNDS = 3  # the fastest counts


def main() -> None:
    print("Detect, match, judge, find duplicates, plan chunks; against csv.reader alone\n")
    print(f"{'rows':>9} {'MB':>6} {'reader':>10} {'rows/s':>10} {'ratio':>6} {'peak MiB':>9}")
    with tempfile.TemporaryDirectory() as folder:
        for rows in SIZES:
            path = Path(folder) / f"{rows}.csv"
            write_people(path, rows)
            _compare(path, rows)
    print()


def _compare(path: Path, rows: int) -> None:
    yardstick = None
    for reader in READERS:
        seconds, peak = min(_apart(reader, path) for _ in range(ROUNDS))
        yardstick = yardstick or seconds
        print(
            f"{rows:>9,} {path.stat().st_size / 1e6:>6.1f} {reader:>10} "
            f"{rows / seconds:>10,.0f} {seconds / yardstick:>6.2f} {peak:>9.0f}"
        )


def _apart(reader: str, path: Path) -> tuple[float, float]:
    """Seconds of processor time, and peak memory in MiB, of a reader in a new process."""
    command = [sys.executable, "-m", "bench.check", reader, str(path)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, peak = json.loads(done.stdout)
    return seconds, peak


def _read(path: Path) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        for _ in csv.reader(file):
            pass


def _check(path: Path) -> None:
    with path.open("rb") as stream:
        dialect = sniff_stream(stream).dialect
        mapping = mapping_of(match_columns(read_table(stream, dialect).header))
        stream.seek(0)
        check(stream, dialect, mapping, Caps())


READERS: dict[str, Callable[[Path], None]] = {"csv.reader": _read, "check": _check}


def _alone(reader: str, path: Path) -> None:
    started = time.process_time()
    READERS[reader](path)
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps([seconds, peak]))


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _alone(sys.argv[1], Path(sys.argv[2]))
    else:
        main()
