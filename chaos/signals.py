"""Signals other than SIGKILL: a worker told to stop, and one stopped past its turn.

SIGTERM: the call in flight is answered for, nothing new leaves, the turn is given back.
SIGSTOP, and SIGCONT after another worker has done the work: nothing changes any more. As a
control the same with a worker that does not look whose turn it is before it writes.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chaos import tracing
from chaos.invariants import Books, broken_promises
from chaos.place import Place
from chaos.progress import Progress
from chaos.worker import Job, account_of, started, worker

CHUNKS, CHUNK_ROWS = 6, 4
ENVIRON = {
    "CHUNK_MAX_ROWS": str(CHUNK_ROWS),
    "TURN_SECONDS": "2",
    "WORKER_SILENT_SECONDS": "3",
}
# Long beside what a busy machine takes for a step.
SLOW, STOPPED_IN, AWAKE = 3.0, 0.3, 2.0
POLITE = 10.0
COLUMNS = "SELECT * FROM imports_chunk ORDER BY id"
OVER = "SELECT 1 FROM imports_run WHERE state IN ('finished', 'failed', 'paused')"
IN_FLIGHT = "SELECT 1 FROM imports_chunk WHERE state = 'sending'"
HELD = "SELECT 1 FROM imports_run WHERE turn_expires_at IS NOT NULL"


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Try both signals and the control; 0 if nothing broke and the control did."""
    place = Place(folder, **ENVIRON)
    try:
        told = _told_to_stop(place)
        progress.case(is_broken=bool(told))
        frozen = _stopped_and_woken(place, worker)
        progress.case(is_broken=bool(frozen))
        unfenced = _stopped_and_woken(place, _unfenced_worker)
        progress.control(is_found_out=bool(unfenced))
    finally:
        place.close()
    print(f"SIGTERM in the middle of a call: {told or 'as it must be'}")
    print(f"SIGSTOP past the turn, then SIGCONT: {frozen or 'as it must be'}")
    print(f"the same with a worker without a fence, which has to fail: {unfenced}")
    if not unfenced:
        print("The worker without a fence was not found out.", file=sys.stderr)
    return 1 if told or frozen or not unfenced else 0


def _unfenced_worker() -> None:
    from django.db import transaction

    from imports.models import Run
    from imports.services.turns import Turn
    from imports.services.writing import Writing

    @contextmanager
    def writing(turn: Turn) -> Iterator[Writing]:
        with transaction.atomic():
            yield Writing(turn.pk, Run.objects.get(pk=turn.pk).turn_token)

    Turn.writing = writing  # type: ignore[method-assign, assignment]
    worker()


def _told_to_stop(place: Place) -> list[str]:
    job, run, books = _begun(place)
    first = place.fork(worker)
    _until(lambda: bool(place.query(IN_FLIGHT)))
    os.kill(first, signal.SIGTERM)
    began = time.monotonic()
    code = tracing.ended(first, POLITE + 5)
    broken = [] if code == 0 else [f"exit code {code}"]
    if time.monotonic() - began > POLITE:
        broken.append(f"took longer than {POLITE:.0f} s")
    if place.query(IN_FLIGHT) or place.query(HELD):
        broken.append("left a chunk in flight or kept the turn")
    second = place.fork(worker)
    return broken + _end(place, job, run, books, [second])


def _stopped_and_woken(place: Place, first_worker: Callable[[], None]) -> list[str]:
    job, run, books = _begun(place)
    first = place.fork(first_worker)
    _until(lambda: bool(place.query(IN_FLIGHT)))
    time.sleep(STOPPED_IN)
    _stop_outside_a_commit(place, first)
    second = place.fork(worker)
    _until(lambda: bool(place.query(OVER)))
    before = place.query(COLUMNS)
    os.kill(first, signal.SIGCONT)
    time.sleep(AWAKE)
    changed = [] if place.query(COLUMNS) == before else ["the woken worker changed chunks"]
    return changed + _end(place, job, run, books, [first, second])


def _stop_outside_a_commit(place: Place, pid: int) -> None:
    """SIGSTOP where it does not keep the database locked: SQLite would wait for SIGCONT."""
    os.kill(pid, signal.SIGSTOP)
    _until(lambda: _is_stopped(pid))
    while not place.is_writable():
        os.kill(pid, signal.SIGCONT)
        time.sleep(0.01)
        os.kill(pid, signal.SIGSTOP)
        _until(lambda: _is_stopped(pid))


def _is_stopped(pid: int) -> bool:
    """Whether every thread stands still."""
    threads = Path(f"/proc/{pid}/task").glob("*/stat")
    return all(thread.read_text().rsplit(") ", 1)[1][0] == "T" for thread in threads)


def _begun(place: Place) -> tuple[Job, int, Books]:
    """A started run whose first call will take its time."""
    place.restore()
    job = Job(f"signals{place.next_number()}", CHUNKS * CHUNK_ROWS, place.folder)
    job.write()
    books = Books(place.sandbox)
    run: int = place.forked(lambda: started(job))
    place.sandbox.fault("slow", path="csv-import", seconds=SLOW)
    return job, run, books


def _end(place: Place, job: Job, run: int, books: Books, workers: list[int]) -> list[str]:
    _until(lambda: bool(place.query(OVER)))
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    ours = place.forked(lambda: account_of(run))
    return broken_promises(job, CHUNKS, ours, books)


def _until(is_true: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise TimeoutError(f"Nothing came of it within {seconds:.0f} s")
        time.sleep(0.01)
