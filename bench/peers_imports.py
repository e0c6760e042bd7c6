"""From a file to planned calls, and from the same file into a table by django-import-export.

Each runs in a process of its own; what is counted begins when Django is loaded. The peer's
default takes rows one by one, so fewer of them tell as much.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import peers, world
from bench.people import write_people
from bench.report import Figure

ROUNDS = 3
ROWS, ROWS_BY_DEFAULT, PER = 100_000, 2_000, 100_000
GOALS = {"bulk": 1 / 11, "default": 1 / 80}


def figures(_: Path) -> Iterator[Figure]:
    ours: list[float] = []
    theirs: dict[str, list[float]] = {mode: [] for mode in GOALS}
    with world.folder() as folder:
        whole, part = folder / "leads.csv", folder / "few.csv"
        write_people(whole, ROWS)
        write_people(part, ROWS_BY_DEFAULT)
        for number in range(ROUNDS):
            place = folder / f"portal{number}"
            ours.append(world.apart("bench.peers_imports", place, str(whole)))
            theirs["bulk"].append(_peer("bulk", whole, folder))
            few = _peer("default", part, folder)
            theirs["default"].append(few * PER / ROWS_BY_DEFAULT)
    for mode, goal in GOALS.items():
        peer = f"import-export, {mode}"
        yield Figure(
            "100,000 rows to a plan, processor time", ours, "s", goal, peer, theirs[mode]
        )


def _peer(mode: str, path: Path, folder: Path) -> float:
    database = folder / "peers.sqlite3"
    database.unlink(missing_ok=True)
    done = subprocess.run(
        [peers.tool("python"), "-m", "bench.peer_site.imports", mode, str(path)],
        env=dict(os.environ) | {"BENCH_DATABASE": str(database)},
        cwd=peers.ROOT, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    return float(json.loads(done.stdout.splitlines()[-1]))


def _ours(path: Path) -> None:
    """As an upload and a worker do it: kept, understood, mapped, judged, planned, stored."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanlist_portal.settings")
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from imports.models import Run, RunState
    from imports.services import checking, uploads
    from imports.services.targets import Target
    from people.models import Person

    person = Person.objects.create(username="bench")
    started = time.process_time()
    run = uploads.create_run(person, uploads.keep_copy(path), Target("Spring", ""))
    checking.start_check(run)
    checking.check(run.pk)
    seconds = time.process_time() - started
    assert Run.objects.get(pk=run.pk).state == RunState.CHECKED
    print(json.dumps(seconds))


if __name__ == "__main__":
    _ours(Path(sys.argv[1]))
