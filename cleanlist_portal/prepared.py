"""A sentence instead of a trace where the database is not prepared."""

from __future__ import annotations

from django.core.management import execute_from_command_line
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor


def execute(arguments: list[str]) -> None:
    """Run a command of manage.py; exit with a sentence if the database lacks a migration."""
    try:
        execute_from_command_line(arguments)
    except DatabaseError as error:
        if (missing := _missing()) > 0:
            raise SystemExit(
                f"The database is not prepared: {missing} migrations are missing ({error}). "
                "Run `manage.py migrate`, then this again. Nothing was sent."
            ) from error
        raise


def _missing() -> int:
    try:
        executor = MigrationExecutor(connection)
        return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    except DatabaseError:
        return 0
