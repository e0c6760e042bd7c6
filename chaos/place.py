"""The portal under trial: a folder, a database to begin with, a sandbox process.

The process that holds a `Place` never opens the database itself: it forks for everything
that does, so that each trial begins with a process that has Django loaded and nothing open.
"""

from __future__ import annotations

import gc
import json
import os
import shutil
import sqlite3
import traceback
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import django

from tests.live_sandbox import OWNER, ROOT, Sandbox

# Enrichment ends a moment after it began.
SPEED = 50
CREDITS = 1_000_000


def _wait(pid: int) -> None:
    os.waitpid(pid, 0)


class Place:
    """A portal of its own under `folder`, with nothing in it but one operator."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.database = folder / "portal.sqlite3"
        self.log = folder / "log.txt"
        self._number = 0
        self.sandbox = Sandbox(folder)
        self.sandbox.start("--speed", str(SPEED))
        self.sandbox.change(limits=False, credits=CREDITS)
        _set_up(self, environ)
        self._first = folder / "first.sqlite3"
        self.forked(lambda: _prepare(self.database))
        shutil.copy(self.database, self._first)

    def restore(self) -> None:
        """The database as it was at first; nothing of an earlier trial is left."""
        for old in [*self.folder.glob("portal.sqlite3*"), *self.uploads()]:
            old.unlink()
        shutil.rmtree(self.folder / "workers", ignore_errors=True)
        shutil.copy(self._first, self.database)

    def next_number(self) -> int:
        """A number no trial had before."""
        self._number += 1
        return self._number

    def uploads(self) -> list[Path]:
        return list((self.folder / "uploads").iterdir())

    def fork(self, action: Callable[[], object]) -> int:
        """Start a process that does `action` and ends; return its id."""
        pid = os.fork()
        if pid:
            return pid
        try:
            with self.log.open("a") as log:
                os.dup2(log.fileno(), 1)
                os.dup2(log.fileno(), 2)
            action()
            _close_database()
        except BaseException:
            traceback.print_exc()
            os._exit(1)
        os._exit(0)

    def forked(
        self, action: Callable[[], object], wait: Callable[[int], object] = _wait
    ) -> Any:
        """Do `action` in a process of its own; return what it returned, through JSON."""
        answer = self.folder / "answer.json"
        answer.unlink(missing_ok=True)
        pid = self.fork(lambda: answer.write_text(json.dumps(action())))
        wait(pid)
        if not answer.exists():
            raise RuntimeError(f"A process failed:\n{self.log.read_text()[-2000:]}")
        return json.loads(answer.read_text())

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """Look into the database from outside."""
        with closing(sqlite3.connect(self.database, timeout=20)) as db:
            return db.execute(sql).fetchall()

    def is_writable(self) -> bool:
        """Whether nobody holds the database locked."""
        with closing(sqlite3.connect(self.database, timeout=0.3)) as db:
            try:
                db.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            db.rollback()
        return True

    def close(self) -> None:
        self.sandbox.kill()


def _set_up(place: Place, environ: dict[str, str]) -> None:
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "cleanlist_portal.settings",
            "VAR_DIR": str(place.folder),
            "MEDIA_ROOT": str(place.folder / "uploads"),
            "DATABASE_URL": f"sqlite:///{place.database}",
            "CACHE_URL": "dbcache://portal_cache",
            "CLEANLIST_API_URL": place.sandbox.url,
            "CLEANLIST_API_KEY": OWNER,
            "RATE_PER_KEY": "500",
            "RATE_PER_ORGANIZATION": "500",
            "LOG_LEVEL": "WARNING",
        }
        | environ
    )
    django.setup()
    _load()


def _load() -> None:
    """What a process would load at its first page, so that no fork has to again."""
    from django.urls import get_resolver

    from jobs import seat  # noqa: F401

    get_resolver()._populate()
    gc.collect()
    gc.freeze()


def _prepare(database: Path) -> None:
    from django.core.management import call_command

    from people.models import Person, Role
    from tests import template_database

    if not template_database.copied(ROOT / "var", database):
        call_command("migrate", verbosity=0)
        template_database.keep(ROOT / "var")
    Person.objects.create(username="alice", role=Role.OPERATOR)


def _close_database() -> None:
    from django.db import connections

    connections.close_all()
