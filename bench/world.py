"""A portal with years behind it, in a folder of its own: lists, leads, imports. Seeded.

`apart` runs a module of this package in a process whose database that is.
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

LISTS, RUNS, LEADS = 5_000, 5_000, 500
CHUNKS = 1_667
PLAN = "plan"


@contextmanager
def folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        yield Path(name)


def apart(module: str, place: Path, *words: str) -> Any:
    """Run `python -m module` on the portal in `place`; return the JSON it prints last."""
    command = [sys.executable, "-m", module, *words]
    done = subprocess.run(
        command, env=environ(place), check=True, stdout=subprocess.PIPE, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def environ(place: Path) -> dict[str, str]:
    """The environment of a process whose portal is the one in `place`; it asks no API."""
    return dict(os.environ) | {
        "VAR_DIR": str(place),
        "LOG_LEVEL": "CRITICAL",
        "CLEANLIST_API_KEY": "",
        "READ_TTL_SECONDS": "86400",
    }


def set_up() -> None:
    """Load Django on the database of `VAR_DIR`, made and filled if it is new."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanlist_portal.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    is_new = not Path(settings.DATABASES["default"]["NAME"]).exists()
    settings.ALLOWED_HOSTS = ["*"]
    if is_new:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        _fill()


def _fill() -> None:
    from people.models import Person, Role

    person = Person.objects.create_user("olga", "olga@example.com", "x", role=Role.ADMIN)
    _fill_lists(person)
    _fill_runs(person)


def leads(number: int) -> list[Any]:
    """Leads as a page of the API holds them."""
    from cleanlist_api.records import Lead

    chance = random.Random(7)
    return [
        Lead(
            lead_id=f"lead-{n:08}-4b1f",
            first_name=f"Maria{n}",
            last_name="van den Berg",
            full_name=f"Maria{n} van den Berg",
            email=f"maria{n}.vandenberg@acme{n % 97}.example.com",
            phone=f"+49 30 {chance.randrange(10**7):07}" if n % 3 else None,
            title="Head of Sales Operations",
            company=f"Acme {n % 97} GmbH",
            location="Berlin, Germany",
            linkedin_url=f"https://www.linkedin.com/in/maria-vandenberg-{n}",
            provider="cleanlist",
        )
        for n in range(number)
    ]


def _fill_lists(person: Any) -> None:
    from django.utils import timezone

    from cleanlist_api.records import Whoami
    from connections import services as connections
    from connections.readings import read
    from lists import known, services
    from lists.models import KnownList
    from lists.paging import Block

    now = timezone.now()
    rows = [
        KnownList(
            list_id=f"list-{n:05}",
            name=f"Spring campaign {n:05}",
            folded_name=f"spring campaign {n:05}",
            lead_count=n * 7 % 9_000,
            enriched_count=n * 3 % 9_000,
            owner_name="Olga Ops",
            visibility="private" if n % 2 else "org",
            folder_id="4b1f0000-0001" if n % 3 else "",
            created_at=now - timedelta(hours=n),
            detail_at=now,
        )
        for n in range(LISTS)
    ]
    KnownList.objects.bulk_create(rows)
    summaries = [_summary(row) for row in rows[:100]]
    read(services.LISTS, "lists::", lambda _: Block(summaries, LISTS, "next"))
    read(*connections.WHOAMI, lambda _: Whoami("org-1", "Northwind"))
    people = leads(LEADS)
    group = services.leads_group("list-00000")
    read(group, "page:", lambda _: services.leads_block(people, 1_000_000, "next"))
    known.remember_total(LISTS)
    for n in range(6):
        services.visit(person, f"list-{n:05}")


def _summary(row: Any) -> Any:
    from cleanlist_api.records import ListSummary

    names = ("list_id", "name", "lead_count", "folder_id", "created_at", "owner_name")
    return ListSummary(**{name: getattr(row, name) for name in names}, visibility="private")


def _fill_runs(person: Any) -> None:
    from imports.models import Run

    runs = Run.objects.bulk_create(_run(person, n) for n in range(RUNS))
    _fill_chunks(runs)


def _run(person: Any, n: int) -> Any:
    from django.utils import timezone

    from imports.models import Run, RunState

    at = timezone.now() - timedelta(minutes=RUNS - n)
    # The last three are under way: small, usual, vast.
    state = RunState.SENDING if n >= RUNS - 3 else RunState.FINISHED_WITH_SKIPS
    return Run(
        created_by=person, started_by=person, started_at=at, beat_at=timezone.now(),
        file_name=f"leads-{n}.csv", file_size=20_480, file_sha256="0" * 64,
        stored_name="none", list_id=f"list-{n % LISTS:05}",
        list_name=f"Spring campaign {n % LISTS:05}", encoding="utf-8", delimiter=",",
        quotechar='"', headers=["Email"], mapping={"email": 0}, state=state, plan=PLAN,
        rows_in=6_000, rows_ready=5_990, rows_skipped=10,
        skip_reasons={"missing_required": 10}, calls_planned=10,
        ended_at=None if state == RunState.SENDING else at + timedelta(minutes=1),
    )  # fmt: skip


def _fill_chunks(runs: list[Any]) -> None:
    from imports.models import Chunk

    *ended, small, usual, vast = runs
    sizes = [(run, 3, 3) for run in ended] + [(small, 10, 5), (usual, 167, 80)]
    sizes += [(vast, CHUNKS, CHUNKS // 2)]
    chunks = (
        _chunk(run, number, number <= done)
        for run, of, done in sizes
        for number in range(1, of + 1)
    )
    Chunk.objects.bulk_create(chunks, batch_size=2_000)


def _chunk(run: Any, number: int, is_done: bool) -> Any:
    from imports.models import Chunk, ChunkState

    return Chunk(
        run=run, plan=PLAN, number=number, rows=600, row_numbers="2-601",
        body_bytes=99_000, body_sha256="0" * 64,
        state=ChunkState.DONE if is_done else ChunkState.READY,
        rows_imported=598 if is_done else 0, rows_skipped=2 if is_done else 0,
        skip_reasons={"duplicate": 2} if is_done else {},
        request_id=f"req_{run.pk}_{number}" if is_done else "",
    )  # fmt: skip
