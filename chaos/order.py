"""Durability order: a chunk's key is on the disk before its request is on the wire.

An import is traced; between the last write of a key into the write-ahead log and the first
`sendto` that carries it there must be an `fdatasync` of that log. Then the same with
`synchronous=NORMAL`, as a control: it has to be found out.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from chaos import tracing
from chaos.place import Place
from chaos.points import CHUNK_ROWS, CHUNKS, ENVIRON
from chaos.progress import Progress
from chaos.worker import Job, work

CALLS = "pwrite64,fdatasync,fsync,sendto"
KEY = re.compile(r"cp-[0-9a-f]{48}")


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Trace one import as it is and one with the fault; 0 if only the second is found out."""
    place = Place(folder, **ENVIRON)
    try:
        late = list(sent_unsafely(_trace(place, "FULL")))
        progress.case(is_broken=bool(late))
        found_out = list(sent_unsafely(_trace(place, "NORMAL")))
        progress.control(is_found_out=bool(found_out))
    finally:
        place.close()
    print(f"keys on the wire before they were on the disk: {len(late)} of {CHUNKS}")
    print(f"the same with synchronous=NORMAL, which has to fail: {len(found_out)}")
    if late:
        print(f"Sent before they were safe: {', '.join(late)}.", file=sys.stderr)
    if not found_out:
        print("The database that does not sync was not found out.", file=sys.stderr)
    return 1 if late or not found_out else 0


def sent_unsafely(lines: Iterable[str]) -> Iterator[str]:
    """Yield the keys that a traced process sent while a power cut could have lost them.

    Raises ValueError unless exactly one key a chunk was seen on its way.
    """
    unsafe: set[str] = set()
    written: set[str] = set()
    sent: list[str] = []
    for line in lines:
        keys = set(KEY.findall(line))
        if "pwrite64(" in line and "-wal>" in line:
            unsafe |= keys - written
            written |= keys
        elif "sync(" in line and "-wal>" in line:
            unsafe.clear()
        elif "sendto(" in line:
            sent += keys - set(sent)
            yield from keys & unsafe | keys - written
    if len(sent) != CHUNKS:
        raise ValueError(f"{len(sent)} keys were seen on the wire, not {CHUNKS}")


def _trace(place: Place, synchronous: str) -> list[str]:
    place.restore()
    job = Job(f"order-{synchronous.lower()}", CHUNKS * CHUNK_ROWS, place.folder)
    job.write()
    log = place.folder / "order.txt"
    pid = place.fork(lambda: _traced(job, synchronous))
    tracer = tracing.record(pid, CALLS, log)
    tracing.ended(pid)
    tracer.wait()
    return log.read_text().splitlines()


def _traced(job: Job, synchronous: str) -> None:
    from django.conf import settings

    options = settings.DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace(
        "synchronous=FULL", f"synchronous={synchronous}"
    )
    tracing.wait_for_tracer()
    work(job)
