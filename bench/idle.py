"""What two workers cost while there is nothing to do: commits a minute, and processor time.

Commits are counted in SQLite's write-ahead log: the last frame of each names the size of the
database, and a log that is begun anew has other salts.
"""

from __future__ import annotations

import os
import signal
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SECONDS = 60
WARMING = 15
WORKERS = 2
MOST_COMMITS, MOST_CPU = 20, 1.0
HEADER, FRAME = struct.Struct(">8I"), struct.Struct(">6I")


def main(seconds: int = SECONDS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"VAR_DIR": folder, "DEBUG": "false"}
        subprocess.run(
            [sys.executable, "manage.py", "migrate", "-v0"], env=environment, check=True
        )
        command = [sys.executable, "manage.py", "worker"]
        workers = [subprocess.Popen(command, env=environment) for _ in range(WORKERS)]
        try:
            _wait_for_log(Path(folder))
            time.sleep(WARMING)
            commits, cpu = watch(Path(folder), [each.pid for each in workers], seconds)
        finally:
            for worker in workers:
                worker.send_signal(signal.SIGTERM)
            for worker in workers:
                worker.wait()
    print(f"{WORKERS} idle workers for {seconds} s")
    print(f"{'commits a minute':>20} {commits * 60 / seconds:>6.0f}  goal {MOST_COMMITS}")
    print(f"{'% of a core':>20} {100 * cpu / seconds:>6.2f}  goal {MOST_CPU}\n")


def _wait_for_log(folder: Path) -> None:
    while not list(folder.glob("*.sqlite3*-wal")):
        time.sleep(0.1)


def watch(folder: Path, pids: list[int], seconds: float) -> tuple[int, float]:
    """Commits to the database in `folder`, and seconds of processor time of `pids`."""
    log = next(folder.glob("*.sqlite3*-wal"))
    before = sum(map(_cpu, pids))
    seen = set(_commits(log))
    count, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        time.sleep(0.5)
        now = set(_commits(log))
        count += len(now - seen)
        seen |= now
    return count, sum(map(_cpu, pids)) - before


def _commits(log: Path) -> list[tuple[int, ...]]:
    """Each commit in the log: its place and what tells it from others at that place."""
    content = log.read_bytes()
    if len(content) < HEADER.size:
        return []
    _, _, page, _, *salts, _, _ = HEADER.unpack_from(content)
    found = []
    for place in range(HEADER.size, len(content) - FRAME.size - page + 1, FRAME.size + page):
        _, size, *rest = FRAME.unpack_from(content, place)
        if rest[:2] != salts:
            break
        if size:
            found.append((place, *rest))
    return found


def _cpu(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
