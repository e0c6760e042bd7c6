"""Random kills of worker, web and sandbox, with cut connections, during imports.

One import after the other until the kills are used up; the last one ends in peace. After
each the books are compared. Meanwhile a person keeps looking at the page.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from chaos.crew import SEEN_DOWN, SEEN_OK, Crew, free_port
from chaos.invariants import Books, broken_promises
from chaos.place import Place
from chaos.progress import Progress
from chaos.worker import Job, account_of, go_on, started

ROWS, CHUNK_ROWS = 600, 50
ROLES = {"worker": 6, "web": 2, "sandbox": 2}
FAULTS = ("cut_before", "cut_after", "cut_middle", "garbage")
FAULTY = ("csv-import", "lead-lists", "estimate", "workflows", "/")
LONGEST_PAUSE = 0.5
TO_THE_END = 120.0
OVER = {"finished", "finished_with_skips", "not_as_approved", "failed", "cancelled", "paused"}
# Of the imports, how many send a canary first; what a person then answers with "go on".
CANARIES = 0.4
ASKS = {"canary", "out_of_range"}


@dataclass
class Havoc:
    """What was done, and which promises it broke."""

    wanted: int
    chance: random.Random
    progress: Progress
    kills: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    imports: int = 0
    canaries: int = 0
    broken: list[str] = field(default_factory=list)

    @property
    def is_done(self) -> bool:
        return self.kills.total() >= self.wanted


def main(asked: argparse.Namespace, folder: Path, progress: Progress) -> int:
    """Make `asked.kills` kills; print what was done; 0 if no promise was broken."""
    print(f"seed {asked.seed}", flush=True)
    progress.expect(asked.kills)
    havoc = Havoc(asked.kills, random.Random(asked.seed), progress)
    started = time.monotonic()
    place = Place(folder, **_environ())
    crew = Crew(place)
    try:
        while not havoc.is_done:
            _one_import(place, crew, havoc)
    finally:
        crew.dismiss()
        place.close()
    _print(havoc, crew, time.monotonic() - started)
    return 1 if havoc.broken or set(crew.seen) - {SEEN_OK, SEEN_DOWN} else 0


def _environ() -> dict[str, str]:
    return {
        "CHUNK_MAX_ROWS": str(CHUNK_ROWS),
        "TURN_SECONDS": "0.6",
        "WORKER_SILENT_SECONDS": "2",
        "WEB_WORKERS": "1",
        "PORT": str(free_port()),
        "LOG_LEVEL": "ERROR",
    }


def _one_import(place: Place, crew: Crew, havoc: Havoc) -> None:
    canary = havoc.chance.random() < CANARIES
    job = Job(f"job{place.next_number()}", ROWS, place.folder, canary=canary)
    job.write()
    books = Books(place.sandbox)
    run: int = place.forked(lambda: started(job))
    while not havoc.is_done and not _is_over(place, run):
        time.sleep(havoc.chance.uniform(0.0, LONGEST_PAUSE))
        _harm(place, crew, havoc)
        crew.look(run)
    _wait_for_end(place, run)
    ours = place.forked(lambda: account_of(run))
    found = broken_promises(job, ROWS // CHUNK_ROWS + canary, ours, books)
    havoc.imports += 1
    havoc.canaries += canary
    havoc.broken += [f"import {havoc.imports}: {sentence}" for sentence in found]
    havoc.progress.broken += len(found)
    print(
        f"import {havoc.imports}: {havoc.kills.total()} kills, {len(found)} broken", flush=True
    )


def _harm(place: Place, crew: Crew, havoc: Havoc) -> None:
    """Perhaps cut the next call's connection; then kill somebody."""
    chance = havoc.chance
    if chance.random() < 0.5:
        kind = chance.choice(FAULTS)
        place.sandbox.fault(kind, path=chance.choice(FAULTY))
        havoc.faults[kind] += 1
    role = chance.choices(list(ROLES), list(ROLES.values()))[0]
    crew.kill(role, chance.randrange(len(crew.workers)))
    havoc.kills[role] += 1
    havoc.progress.case(is_broken=False)


def _is_over(place: Place, run: int) -> bool:
    """Whether it has ended or stands still; the question after a canary is answered."""
    asked = f"SELECT state, pause_reason FROM imports_run WHERE id = {run}"
    [(state, reason)] = place.query(asked)
    if state == "paused" and reason in ASKS:
        place.forked(lambda: go_on(run))
        return False
    return state in OVER


def _wait_for_end(place: Place, run: int) -> None:
    end = time.monotonic() + TO_THE_END
    while time.monotonic() < end and not _is_over(place, run):
        time.sleep(0.2)


def _print(havoc: Havoc, crew: Crew, seconds: float) -> None:
    kills = ", ".join(f"{role} {havoc.kills[role]}" for role in ROLES)
    print(f"random kills: {havoc.kills.total()} ({kills})")
    print(f"faults: {', '.join(f'{kind} {n}' for kind, n in sorted(havoc.faults.items()))}")
    print(
        f"imports: {havoc.imports} of {ROWS} rows, {havoc.canaries} with a canary; "
        f"{seconds:.0f} s"
    )
    print(f"a person's looks at the page: {dict(crew.seen)}")
    print(f"broken promises: {len(havoc.broken)}")
    for sentence in havoc.broken[:50]:
        print(f"BROKEN {sentence}")
