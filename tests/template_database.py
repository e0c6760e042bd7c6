"""The tests' database, migrated once: a run starts from a copy until a migration changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection


def lay_down() -> bool:
    """Put a copy where the tests' database goes; false if there is none to copy."""
    return connection.vendor == "sqlite" and copied(
        Path(settings.VAR_DIR), Path(connection.creation._get_test_db_name())
    )


def copied(folder: Path, to: Path) -> bool:
    """Copy what is kept in this folder over a database; false if there is nothing."""
    template = _template(folder)
    if not template.exists():
        return False
    for left in ("-wal", "-shm"):
        to.with_name(to.name + left).unlink(missing_ok=True)
    shutil.copy(template, to)
    return True


def keep(folder: Path | None = None) -> None:
    """Keep a copy of the database as it is now, for the next run."""
    template = _template(folder or Path(settings.VAR_DIR))
    if connection.vendor != "sqlite" or template.exists():
        return
    for older in template.parent.glob("template-*.sqlite3"):
        older.unlink(missing_ok=True)
    template.parent.mkdir(mode=0o700, exist_ok=True)
    draft = template.with_name(f"template-{os.getpid()}.draft")
    source = sqlite3.connect(str(connection.settings_dict["NAME"]))
    with closing(source), closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
    draft.rename(template)


def _template(folder: Path) -> Path:
    digest = hashlib.sha256()
    for path in sorted(_what_makes_it()):
        digest.update(path.read_bytes())
    return folder / f"template-{digest.hexdigest()[:16]}.sqlite3"


def _what_makes_it() -> set[Path]:
    """Every migration of every app, and what the portal does after them."""
    of_apps = {p for app in apps.get_app_configs() for p in _sources(app.path, "migrations")}
    return of_apps | _sources(Path(__file__).resolve().parent.parent, "cleanlist_portal")


def _sources(folder: str | Path, name: str) -> set[Path]:
    return set(Path(folder, name).glob("*.py"))
