"""The row ledger: which rows the imports into a list have brought there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from django.db import connections, models
from django.db.models import Q

from imports.models.chunks import Chunk
from imports.models.runs import Run


class LedgerLine(NamedTuple):
    """What a line says of row `row` of a file; see `LedgerRow`."""

    row: int
    key: int
    other_key: int | None
    whole: int


class LedgerQuerySet(models.QuerySet["LedgerRow"]):
    def write(self, chunk: Chunk, lines: Iterable[LedgerLine]) -> None:
        """Store the lines of a chunk, but those there already. In plain SQL: model instances
        would take ten times as long, and an import writes one for each row."""
        table = self.model._meta.db_table
        columns = 'run_id, chunk_id, "row", "key", other_key, whole, is_undone'
        insert = (
            f"INSERT INTO {table} ({columns})"  # noqa: S608
            " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING"
        )
        with connections[self.db].cursor() as cursor:
            cursor.executemany(
                insert, [(chunk.run_id, chunk.pk, *line, False) for line in lines]
            )


class LedgerRow(models.Model):
    """Row `row` of a run's file, known to be imported; a skipped or unsure row has no line.

    Nothing of the row itself is kept but 64-bit digests: of what its lead is known by
    (`key`, and `other_key` for a row with both e-mail and profile; the same as a lead's, see
    `imports.core.matching`), and of all its mapped values (`whole`). `is_undone`: its lead was
    taken out of the list again.
    """

    run = models.ForeignKey(Run, models.CASCADE, related_name="ledger", db_index=False)
    chunk = models.ForeignKey(Chunk, models.CASCADE, related_name="ledger", db_index=False)
    row = models.PositiveIntegerField()
    key = models.BigIntegerField()
    other_key = models.BigIntegerField(null=True)
    whole = models.BigIntegerField()
    is_undone = models.BooleanField(default=False)

    objects = LedgerQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["chunk", "row"], name="ledger_row_once")
        ]
        indexes = [
            models.Index(fields=["key"], name="ledger_key"),
            models.Index(
                fields=["other_key"],
                condition=Q(other_key__isnull=False),
                name="ledger_other_key",
            ),
        ]

    def __str__(self) -> str:
        return f"Row {self.row} of import {self.run_id}"
