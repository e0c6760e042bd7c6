"""Running the parts: some at a time, each in a process of its own, a table in the end.

A part has settings of its own, and Django reads them once. What it says is printed when it has
ended; until then a line tells how far all are.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing import connection, get_context
from multiprocessing.context import ForkProcess
from pathlib import Path

from chaos.progress import Progress, shared

NICE = 5
# Seconds between two lines that tell how far it is: on a terminal, and in a log.
ON_A_TERMINAL, IN_A_LOG = 1.0, 30.0
LINE = "{:<10} {:>6} {:>7} {:>18} {:>8}  {}"
# Whoever is killed loses nothing that the kernel has: only a power cut needs a disk. What
# synchronises with memory instead of a disk makes the same calls and waits for none.
MEMORY, LEAST_FREE = Path("/dev/shm"), 1 << 30
_SET_DEATH_SIGNAL = 1


@dataclass
class Part:
    """`main` tries it in a folder of its own and returns its exit status. `is_timed`: nothing
    runs beside it, and its files are on a disk."""

    name: str
    main: Callable[[Path, Progress], int]
    is_timed: bool = False
    progress: Progress = field(default_factory=shared)
    began: float = 0.0
    seconds: float = 0.0
    status: int | None = None


def run(parts: Sequence[Part], jobs: int) -> int:
    """Run the parts in this order, `jobs` at a time; print all; 0 if each one is passed."""
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        _run_all(list(parts), jobs, Path(folder), began)
    _print_table(parts, time.monotonic() - began)
    return 1 if any(part.status for part in parts) else 0


def next_to_start(waiting: Sequence[Part], running: Sequence[Part], jobs: int) -> Part | None:
    """The part whose turn it is, unless it, or one at work, wants the machine to itself."""
    if not waiting or len(running) >= jobs:
        return None
    is_kept_off = running and (waiting[0].is_timed or running[0].is_timed)
    return None if is_kept_off else waiting[0]


def _run_all(waiting: list[Part], jobs: int, folder: Path, began: float) -> None:
    pause = ON_A_TERMINAL if sys.stderr.isatty() else IN_A_LOG
    at_work: list[tuple[Part, ForkProcess]] = []
    next_line = began + pause
    while waiting or at_work:
        running = [part for part, _ in at_work]
        if part := next_to_start(waiting, running, jobs):
            waiting.remove(part)
            at_work.append((part, _begin(part, folder)))
            continue
        patience = max(0.0, next_line - time.monotonic())
        ended = connection.wait([process.sentinel for _, process in at_work], patience)
        for part, process in at_work:
            if process.sentinel in ended:
                _end(part, process, folder)
        at_work = [each for each in at_work if each[1].sentinel not in ended]
        if time.monotonic() >= next_line:
            _tell(running, time.monotonic() - began)
            next_line = time.monotonic() + pause


def _begin(part: Part, folder: Path) -> ForkProcess:
    part.began = time.monotonic()
    process = get_context("fork").Process(target=_work, args=(part, folder))
    process.start()
    return process


def _end(part: Part, process: ForkProcess, folder: Path) -> None:
    """Print what the part said; whoever was killed is not passed either."""
    process.join()
    part.seconds, part.status = time.monotonic() - part.began, process.exitcode
    _clear_line()
    print(f"== {part.name}", flush=True)
    for stream, file in (
        (sys.stdout, _said(part, folder)),
        (sys.stderr, _errors(part, folder)),
    ):
        stream.write(file.read_text())
        stream.flush()


def _work(part: Part, folder: Path) -> None:
    """The whole life of a part's process; it ends with the one that began it."""
    ctypes.CDLL(None).prctl(_SET_DEATH_SIGNAL, signal.SIGINT, 0, 0, 0)
    sys.stdout, sys.stderr = _said(part, folder).open("w"), _errors(part, folder).open("w")
    os.dup2(sys.stdout.fileno(), 1)
    os.dup2(sys.stderr.fileno(), 2)
    os.nice(NICE)
    status = 1
    try:
        with _place_for(part) as place:
            status = part.main(place, part.progress)
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


@contextmanager
def _place_for(part: Part) -> Iterator[Path]:
    inside = MEMORY if _is_roomy(MEMORY) and not part.is_timed else None
    with tempfile.TemporaryDirectory(
        prefix="chaos-", dir=inside, ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def _is_roomy(folder: Path) -> bool:
    return folder.is_dir() and shutil.disk_usage(folder).free >= LEAST_FREE


def _said(part: Part, folder: Path) -> Path:
    return folder / f"{part.name}.out"


def _errors(part: Part, folder: Path) -> Path:
    return folder / f"{part.name}.err"


def _tell(running: Sequence[Part], seconds: float) -> None:
    how_far = "; ".join(f"{part.name} {part.progress}" for part in running)
    line = f"{seconds // 60:.0f}:{seconds % 60:02.0f}  {how_far}"
    start, end = ("\r\x1b[K", "") if sys.stderr.isatty() else ("", "\n")
    print(f"{start}{line}", end=end, file=sys.stderr, flush=True)


def _clear_line() -> None:
    if sys.stderr.isatty():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _print_table(parts: Sequence[Part], seconds: float) -> None:
    print()
    print(LINE.format("part", "cases", "broken", "controls found out", "seconds", "").rstrip())
    for part in parts:
        told = part.progress
        print(
            LINE.format(
                part.name,
                told.cases,
                told.broken,
                f"{told.found_out} of {told.controls}" if told.controls else "–",
                round(part.seconds),
                "FAILED" if part.status else "",
            ).rstrip()
        )
    print(LINE.format("all", *_sums(parts), round(seconds), "").rstrip())


def _sums(parts: Sequence[Part]) -> tuple[int, int, str]:
    told = [part.progress for part in parts]
    found = f"{sum(p.found_out for p in told)} of {sum(p.controls for p in told)}"
    return sum(p.cases for p in told), sum(p.broken for p in told), found
