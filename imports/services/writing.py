"""What a worker may write, and when: only while it holds its turn.

`Turn.writing` alone makes a `Writing`, and locks the turn before. A guard in the tests lets no
module of a worker write in another way, so none can forget to ask.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any, TypeVar, Unpack

from django.db.models import Model, QuerySet

from imports.models import (
    Chunk,
    FoundLead,
    LedgerLine,
    LedgerRow,
    ReadBack,
    ReadBackState,
    Run,
    RunState,
)
from imports.models.chunks import ChunkChanges, ChunkQuerySet
from imports.models.read_backs import FoundChanges, ReadBackChanges
from imports.models.runs import RunChanges

M = TypeVar("M", bound=Model)


class TurnLost(Exception):
    """Another worker has the turn. Nothing of the transaction was written."""


class Writing:
    """One transaction of the holder of a turn."""

    def __init__(self, pk: int, token: str) -> None:
        self._holder = {"pk": pk, "turn_token": token}
        self.is_open = True

    def run(self, **changes: Unpack[RunChanges]) -> None:
        """Change the run the turn is held on."""
        self._only_one(Run.objects.filter(**self._held()).update(**changes))

    def move(
        self, states: Collection[RunState], to: RunState, **changes: Unpack[RunChanges]
    ) -> bool:
        """Move the run on if it still is in one of `states`; true if it was."""
        held = Run.objects.filter(**self._held(), state__in=states)
        return held.update(state=to, **changes) == 1

    def read_back(self, **changes: Unpack[ReadBackChanges]) -> None:
        """Change the read-back the turn is held on."""
        self._only_one(ReadBack.objects.filter(**self._held()).update(**changes))

    def move_read_back(
        self, states: Collection[ReadBackState], **changes: Unpack[ReadBackChanges]
    ) -> bool:
        """Change the read-back if it still is in one of `states`; true if it was."""
        held = ReadBack.objects.filter(**self._held(), state__in=states)
        return held.update(**changes) == 1

    def chunk(self, chunk: Chunk, **changes: Unpack[ChunkChanges]) -> None:
        """Change one chunk, in the database and in hand."""
        self.chunks(Chunk.objects.filter(pk=chunk.pk), **changes)
        for name, value in changes.items():
            setattr(chunk, name, value)

    def chunks(self, chunks: ChunkQuerySet, **changes: Unpack[ChunkChanges]) -> int:
        """Change the chunks that are of the query now; how many."""
        self._held()
        return chunks.update(**changes)

    def found(self, found: QuerySet[FoundLead], **changes: Unpack[FoundChanges]) -> None:
        """Change the found leads that are of the query now."""
        self._held()
        found.update(**changes)

    def bring(self, chunk: Chunk, lines: Iterable[LedgerLine]) -> None:
        """Write rows of a chunk into the ledger: they are known to be imported."""
        self._held()
        LedgerRow.objects.write(chunk, lines)

    def take_out(self, found: Iterable[FoundLead]) -> None:
        """Note in the ledger that these leads are taken out of the list again."""
        self._held()
        rows: dict[int, list[int]] = {}
        for each in found:
            rows.setdefault(each.chunk_id, []).append(each.row)
        for chunk_id, numbers in rows.items():
            lines = LedgerRow.objects.filter(chunk=chunk_id, row__in=numbers)
            lines.update(is_undone=True)

    def add(self, rows: Sequence[M], *, but_known: bool = False) -> None:
        """Store new rows of one model; `but_known` leaves out those a constraint knows."""
        self._held()
        if rows:
            type(rows[0])._default_manager.bulk_create(rows, ignore_conflicts=but_known)

    def save(self, rows: Sequence[M], fields: Sequence[str]) -> None:
        """Store these fields of rows that are known already."""
        self._held()
        if rows:
            type(rows[0])._default_manager.bulk_update(rows, fields)

    def delete(self, rows: QuerySet[M]) -> None:
        self._held()
        rows.delete()

    def _held(self) -> dict[str, Any]:
        if not self.is_open:
            raise RuntimeError("The transaction of this turn is over")
        return self._holder

    def _only_one(self, rows: int) -> None:
        if rows != 1:
            raise TurnLost
