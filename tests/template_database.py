"""The tests' database, migrated once: a run starts from a copy until a migration changes."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection


def lay_down() -> bool:
    """Put a copy where the tests' database goes; false if there is none to copy."""
    template = _template()
    if connection.vendor != "sqlite" or not template.exists():
        return False
    database = Path(connection.creation._get_test_db_name())
    for left in ("-wal", "-shm"):
        database.with_name(database.name + left).unlink(missing_ok=True)
    shutil.copy(template, database)
    return True


def keep() -> None:
    """Keep a copy of the database as it is now, for the next run."""
    template = _template()
    if connection.vendor != "sqlite" or template.exists():
        return
    for older in template.parent.glob("template-*.sqlite3"):
        older.unlink(missing_ok=True)
    draft = template.with_name(f"{Path(str(connection.settings_dict['NAME'])).name}.draft")
    source = sqlite3.connect(str(connection.settings_dict["NAME"]))
    with closing(source), closing(sqlite3.connect(draft)) as copy:
        source.backup(copy)
    draft.rename(template)


def _template() -> Path:
    digest = hashlib.sha256()
    for path in sorted(_what_makes_it()):
        digest.update(path.read_bytes())
    return Path(settings.VAR_DIR) / f"template-{digest.hexdigest()[:16]}.sqlite3"


def _what_makes_it() -> set[Path]:
    """Every migration of every app, and what the portal does after them."""
    of_apps = {p for app in apps.get_app_configs() for p in _sources(app.path, "migrations")}
    return of_apps | _sources(Path(__file__).resolve().parent.parent, "cleanlist_portal")


def _sources(folder: str | Path, name: str) -> set[Path]:
    return set(Path(folder, name).glob("*.py"))
