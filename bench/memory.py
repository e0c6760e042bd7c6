"""Peak memory of the check of one file, as a worker does it, by the number of rows.

Each check runs in a process of its own, with Django, a database and the plan stored.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.report import Figure

SIZES = (10_000, 1_000_000)
MOST_TIMES = {1: 1.25, 2: 1.5}  # by what each row is known by: e-mail; e-mail and profile


def figures(_: Path) -> Iterator[Figure]:
    for keys, goal in MOST_TIMES.items():
        few, many = (peak_of_check(rows, keys) for rows in SIZES)
        what = f"peak of a check, {SIZES[1]:,} rows, {keys} key{'s' if keys > 1 else ''} each"
        yield Figure(what, [many], "MiB", goal, f"{SIZES[0]:,} rows", [few])


def peak_of_check(rows: int, keys: int) -> float:
    """Peak resident memory, in MiB, of a process that checks a file of `rows` rows.

    `keys`: 1 for rows with an e-mail, 2 for rows with a LinkedIn profile beside it.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        _write(path, rows, keys)
        environment = os.environ | {"VAR_DIR": folder, "DEBUG": "false"}
        environment |= {"DJANGO_SETTINGS_MODULE": "cleanlist_portal.settings"}
        for command in (["manage.py", "migrate", "-v0"], ["-m", "bench.memory", str(path)]):
            done = subprocess.run(
                [sys.executable, *command],
                check=True,
                stdout=subprocess.PIPE,
                text=True,
                env=environment,
            )
    return float(done.stdout.split()[-1])


def _write(path: Path, rows: int, keys: int) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.write("Full name,Email,LinkedIn URL,Company,Title\n")
        for n in range(rows):
            url = f"https://www.linkedin.com/in/ann-lee-{n:x}" if keys == 2 else ""
            file.write(f"Ann Lee {n},ann.lee{n}@example{n % 997}.com,{url},Acme {n},CEO\n")


def _alone(path: Path) -> None:
    import django

    django.setup()
    from imports.models import RunState
    from imports.services import checking, uploads
    from imports.services.targets import Target
    from people.models import Person

    person = Person.objects.create(username="bench")
    run = uploads.create_run(person, uploads.keep_copy(path), Target("Spring", ""))
    checking.start_check(run)
    checking.check(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED, run.problem
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        _alone(Path(sys.argv[1]))
    else:
        from bench.__main__ import main

        sys.exit(main(["memory"]))
