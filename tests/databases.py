"""Databases that tests share with processes they start, on whichever engine they run."""

from __future__ import annotations

import os
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection


@dataclass(frozen=True)
class OwnDatabase:
    """A database beside the tests' own: a file of SQLite or a name on their PostgreSQL."""

    name: str

    @property
    def url(self) -> str:
        """What a process takes as DATABASE_URL."""
        if _is_sqlite():
            return f"sqlite:///{self.name}"
        return f"{os.environ['DATABASE_URL'].rpartition('/')[0]}/{self.name}"

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with closing(_connected(self.name)) as opened:
            return opened.execute(sql).fetchall()

    def change(self, sql: str, values: dict[str, Any] | None = None) -> None:
        """Run one statement; a value goes in as `:name`."""
        for name in () if _is_sqlite() else values or ():
            sql = sql.replace(f":{name}", f"%({name})s")
        with closing(_connected(self.name)) as opened:
            opened.execute(sql, values or {})
            opened.commit()


def tests_own() -> OwnDatabase:
    """The database of the test that runs. What it wrote is seen once committed."""
    return OwnDatabase(str(connection.settings_dict["NAME"]))


@contextmanager
def blank(folder: Path) -> Iterator[OwnDatabase]:
    """A database without tables."""
    with _made(folder, "") as made:
        yield made


@contextmanager
def copy(folder: Path) -> Iterator[OwnDatabase]:
    """A copy of the tests' own database; not to be made within a test that uses that."""
    source = tests_own().name
    connection.close()
    with _made(folder, f'TEMPLATE "{source}"') as made:
        if _is_sqlite():
            with closing(_connected(source)) as opened, closing(_connected(made.name)) as new:
                opened.backup(new)
        yield made


@contextmanager
def _made(folder: Path, like: str) -> Iterator[OwnDatabase]:
    name = f"portal_{uuid.uuid4().hex}"
    if _is_sqlite():
        yield OwnDatabase(str(folder / f"{name}.sqlite3"))
        return
    _administer(f'CREATE DATABASE "{name}" {like}')
    try:
        yield OwnDatabase(name)
    finally:
        _administer(f'DROP DATABASE "{name}" WITH (FORCE)')


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


def _connected(name: str) -> Any:
    """A connection of the engine's own driver, which no test fixture watches."""
    if _is_sqlite():
        return sqlite3.connect(name, timeout=20)
    import psycopg

    known = connection.settings_dict
    where = {field: known[field.upper()] for field in ("host", "port", "user", "password")}
    return psycopg.connect(
        dbname=name, **{key: value for key, value in where.items() if value}
    )


def _administer(statement: str) -> None:
    with closing(_connected("postgres")) as opened:
        opened.autocommit = True
        opened.execute(statement)
