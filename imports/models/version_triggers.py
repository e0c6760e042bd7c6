"""Triggers that count a run's version up (docs/decisions/0007).

Taken away before a migration, which may rebuild the tables they stand on, and made anew
after it from the columns there are then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig
from django.db import connections, models, transaction

from enrichment.models import Workflow
from imports.models.chunks import Chunk
from imports.models.problem_rows import ProblemRow, ProblemSource
from imports.models.read_backs import ReadBack
from imports.models.runs import Run
from imports.models.versions import RunVersion

VERSIONS = RunVersion._meta.db_table
CHUNKS = Chunk._meta.db_table
# What a worker writes to keep its turn: no page shows it, or it is told apart (`beat_at`).
OF_TURNS = {"turn_token", "turn_expires_at", "beat_at", "wake_at"}


@dataclass(frozen=True)
class Watched:
    """A table whose changes show on the run's page; `run` is SQL for the run's id.

    `unseen` columns do not count. `only`: a condition on the new row.
    """

    model: type[models.Model]
    run: str
    unseen: frozenset[str] = frozenset()
    on_insert: bool = True
    only: str = ""

    @property
    def table(self) -> str:
        return self.model._meta.db_table


WATCHED = (
    Watched(Run, "NEW.id", frozenset(OF_TURNS), on_insert=False),
    Watched(Chunk, "NEW.run_id", frozenset({"turn_token", "next_try_at", "version"})),
    Watched(
        Workflow,
        f"(SELECT run_id FROM {CHUNKS} WHERE workflow_id = NEW.id)",  # noqa: S608
        frozenset({"last_polled_at", "next_poll_at", "poll_failures"}),
        on_insert=False,
    ),
    Watched(ReadBack, "NEW.run_id", frozenset(OF_TURNS | {"cursor"})),
    Watched(ProblemRow, "NEW.run_id", only=f"NEW.source = '{ProblemSource.API.value}'"),
)


def take_away(sender: AppConfig, using: str, **_: Any) -> None:
    """Before a migration; nothing happens where there are none yet."""
    _run(using, _dropped(connections[using].vendor))


def make(sender: AppConfig, using: str, **about: Any) -> None:
    """After a migration. A flush says `post_migrate` as well, and changes no table."""
    if "plan" not in about:
        return
    columns = {table: _columns(using, table) for table, _ in _names()}
    # Somebody may migrate to a state of long ago.
    if "version" in columns[CHUNKS] and _columns(using, VERSIONS):
        vendor = connections[using].vendor
        _run(using, [*_dropped(vendor), *_made(vendor, columns)])


def _run(using: str, statements: list[str]) -> None:
    with transaction.atomic(using), connections[using].cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _columns(using: str, table: str) -> list[str]:
    """The columns a table has now, [] for one that is not there."""
    with connections[using].cursor() as cursor:
        look = connections[using].introspection
        if table not in look.table_names(cursor):
            return []
        return [column.name for column in look.get_table_description(cursor, table)]


def _names() -> Iterator[tuple[str, str]]:
    yield Run._meta.db_table, "version_first"
    for watched in WATCHED:
        yield watched.table, "version_on_update"
        yield watched.table, "version_on_insert"


def _dropped(vendor: str) -> list[str]:
    if vendor == "sqlite":
        return [f"DROP TRIGGER IF EXISTS {table}_{name}" for table, name in _names()]
    # With the functions go the triggers that call them.
    return [f"DROP FUNCTION IF EXISTS {table}_{name}() CASCADE" for table, name in _names()]


def _made(vendor: str, columns: Mapping[str, list[str]]) -> list[str]:
    create = _in_sqlite if vendor == "sqlite" else _in_postgresql
    first = f"INSERT INTO {VERSIONS} (run_id, number) VALUES (NEW.id, 1);"  # noqa: S608
    made = create(Run._meta.db_table, "version_first", "INSERT", "", first, is_chunk=False)
    for watched in WATCHED:
        seen = [name for name in columns[watched.table] if name not in watched.unseen]
        made += _triggers_of(watched, vendor, seen)
    return made


def _triggers_of(watched: Watched, vendor: str, seen: list[str]) -> list[str]:
    create = _in_sqlite if vendor == "sqlite" else _in_postgresql
    unlike = "IS NOT" if vendor == "sqlite" else "IS DISTINCT FROM"
    changed = " OR ".join(f'OLD."{name}" {unlike} NEW."{name}"' for name in seen)
    when = f"({changed}) AND {watched.only}" if watched.only else changed
    count = f"UPDATE {VERSIONS} SET number = number + 1 WHERE run_id = {watched.run};"  # noqa: S608
    is_chunk = watched.model is Chunk
    name = "version_on_update"
    made = create(watched.table, name, "UPDATE", when, count, is_chunk=is_chunk)
    if watched.on_insert:
        name = "version_on_insert"
        made += create(watched.table, name, "INSERT", watched.only, count, is_chunk=is_chunk)
    return made


def _in_sqlite(
    table: str, name: str, event: str, when: str, body: str, *, is_chunk: bool
) -> list[str]:
    if is_chunk:
        number = f"(SELECT number FROM {VERSIONS} WHERE run_id = NEW.run_id)"  # noqa: S608
        body += f" UPDATE {table} SET version = {number} WHERE id = NEW.id;"  # noqa: S608
    condition = f"WHEN {when}" if when else ""
    head = f"CREATE TRIGGER {table}_{name} AFTER {event} ON {table} FOR EACH ROW {condition}"
    return [f"{head} BEGIN {body} END"]


def _in_postgresql(
    table: str, name: str, event: str, when: str, body: str, *, is_chunk: bool
) -> list[str]:
    if is_chunk:
        body = body.removesuffix(";") + " RETURNING number INTO NEW.version;"
    function = (
        f"CREATE FUNCTION {table}_{name}() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {body} RETURN NEW; END $$"
    )
    moment = "BEFORE" if is_chunk else "AFTER"
    condition = f"WHEN ({when})" if when else ""
    head = f"CREATE TRIGGER {table}_{name} {moment} {event} ON {table} FOR EACH ROW"
    return [function, f"{head} {condition} EXECUTE FUNCTION {table}_{name}()"]
