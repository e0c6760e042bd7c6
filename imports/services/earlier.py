"""What other imports into a run's list have brought there, or are bringing now.

The rule is in docs/import-lifecycle.md, "The weekly file".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.utils import timezone

from imports.core.matching import has_sure_key
from imports.core.outcomes import FIELDS, SkipReason
from imports.core.rows import Ready, Skip
from imports.models import Chunk, LedgerLine, LedgerRow, Run
from imports.models.chunks import OPEN, ChunkQuerySet
from imports.models.runs import OVER, Again
from imports.services.ledger import line_of, rows_of

# Rows asked for at once: two keys each stay below what SQLite takes as parameters.
BATCH = 400
# A person waits for the second comparison of so many rows at most.
MOST_AT_ONCE = 50_000


@dataclass(frozen=True, slots=True)
class Brought:
    """A row that another import has brought, or (`is_coming`) will bring."""

    run_id: int
    row: int
    whole: int
    is_coming: bool = False


@dataclass(slots=True)
class Known:
    """Rows of a file that are known from earlier imports: `same` in all their values or with
    others (`changed`), and how many by import."""

    same: int = 0
    changed: int = 0
    runs: Counter[int] = field(default_factory=Counter)


class EarlierImports:
    """Tells rows of `run`'s file that other imports have brought into its list.

    Imports of `but` are passed over. What is left out follows from `run.again`; `known` counts
    whatever becomes of the rows.
    """

    def __init__(self, run: Run, but: Collection[int] = ()) -> None:
        others = into_list_of(run).exclude(pk__in=but)
        self._fields = tuple(field for field in FIELDS if field in run.mapping)
        self._again = run.again
        self._started = dict(others.values_list("pk", "started_at"))
        self._coming = _coming(others)
        self.known = Known()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to compare with."""
        return not self._started

    def judge(self, rows: Sequence[Ready]) -> list[Skip | None]:
        """For each row the reason to leave it out, None for one that may go; two queries."""
        values = [dict(zip(self._fields, row.values, strict=True)) for row in rows]
        lines = [line_of(0, each) for each in values]
        brought = self._brought({key for line in lines for key in _keys(line)})
        each = zip(values, lines, strict=True)
        return [self._verdict(v, line, brought) for v, line in each]

    def _verdict(
        self, values: dict[str, str], line: LedgerLine, brought: dict[int, list[Brought]]
    ) -> Skip | None:
        found = [each for key in _keys(line) for each in brought.get(key, ())]
        same = [each for each in found if each.whole == line.whole]
        if same:
            self.known.same += 1
            return self._skip(SkipReason.ALREADY_IMPORTED, same[0])
        if found and has_sure_key(values):
            self.known.changed += 1
            return self._skip(SkipReason.CHANGED_SINCE, found[0])
        return None

    def _skip(self, reason: SkipReason, brought: Brought) -> Skip | None:
        self.known.runs[brought.run_id] += 1
        goes = {Again.ALL: True, Again.CHANGED: reason == SkipReason.CHANGED_SINCE}
        return (
            None if goes.get(Again(self._again)) else Skip(reason, value=self._words(brought))
        )

    def _words(self, brought: Brought) -> str:
        if brought.is_coming:
            return f"Row {brought.row:,} of import {brought.run_id}, which is under way"
        day = timezone.localtime(self._started[brought.run_id])
        return f"Row {brought.row:,} of import {brought.run_id}, {day:%-d %B %Y}"

    def _brought(self, keys: set[int]) -> dict[int, list[Brought]]:
        """What is known by each of `keys`, oldest import first."""
        lines = LedgerRow.objects.filter(is_undone=False).order_by("pk")
        found: dict[int, list[Brought]] = {}
        for name in ("key", "other_key"):
            some = lines.filter(**{f"{name}__in": keys})
            for key, run_id, row, whole in some.values_list(name, "run_id", "row", "whole"):
                if run_id in self._started:
                    found.setdefault(key, []).append(Brought(run_id, row, whole))
        for key in keys & self._coming.keys():
            found.setdefault(key, []).append(self._coming[key])
        return found


def _keys(line: LedgerLine) -> list[int]:
    return [line.key] if line.other_key is None else [line.key, line.other_key]


def into_list_of(run: Run) -> QuerySet[Run]:
    """The other imports into the run's list that were ever started."""
    by_name = Q(list_name__iexact=run.list_name)
    same = Q(list_id=run.list_id) | Q(list_id="") & by_name if run.list_id else by_name
    return Run.objects.filter(same).exclude(pk=run.pk).exclude(started_at=None)


def mark_of(run: Run, only: Collection[int] | None = None) -> str:
    """Changes with whatever would let another comparison with earlier imports (or those
    `only`) find more or fewer rows; the same while an import under way only goes on, and ""
    where there is none. Two queries."""
    others = into_list_of(run).order_by("pk")
    if only is not None:
        others = others.filter(pk__in=only)
    runs = [
        (pk, stint, state in OVER)
        for pk, stint, state in others.values_list("pk", "stint", "state")
    ]
    if not runs:
        return ""
    over = Q(run__state__in=OVER)
    sums = Chunk.objects.filter(run__in=others.order_by()).aggregate(
        undone=Sum("rows_undone", default=0), named=Sum("rows_named", filter=over, default=0)
    )
    return hashlib.sha256(f"{runs} {sums}".encode()).hexdigest()


def as_json(run: Run, known: Known) -> dict[str, Any]:
    """For `Run.known`: {"same": rows, "changed": rows, "runs": {id: rows}, "mark": of these
    runs}; empty where nothing is known."""
    if not known.runs:
        return {}
    runs = {str(pk): rows for pk, rows in sorted(known.runs.items())}
    mark = mark_of(run, known.runs)
    return {"same": known.same, "changed": known.changed, "runs": runs, "mark": mark}


def compare_again(run: Run) -> bool:
    """Whether the check of `run` would still leave out the same rows, although other imports
    into its list have begun, ended or were undone since; then they count as compared with.

    False also for a plan so long that a person would wait for the answer.
    """
    mark = mark_of(run)
    if mark == run.earlier_mark:
        return True
    if run.rows_ready > MOST_AT_ONCE or _left_out_mark(run) != run.known.get("mark", ""):
        return False
    others = EarlierImports(run)
    if any(any(others.judge(some)) for some in _batches(Chunk.objects.of_plan(run))):
        return False
    run.earlier_mark = mark
    return Run.objects.filter(pk=run.pk, plan=run.plan).update(earlier_mark=mark) == 1


def known_of(run: Run, chunks: ChunkQuerySet) -> Known:
    """What other imports have brought into the run's list, or are bringing, of the rows of
    its `chunks`; imports whose rows the run was told to send again are not asked."""
    insisted = [int(pk) for pk in run.known.get("runs", {})] if run.again else []
    others = EarlierImports(run, but=insisted)
    for some in _batches(chunks):
        others.judge(some)
    return others.known


def _batches(chunks: ChunkQuerySet) -> Iterator[list[Ready]]:
    """The rows of chunks, in as many at once as are compared."""
    for chunk in chunks.select_related("body").order_by("number").iterator(chunk_size=10):
        rows = [Ready(tuple(values.values())) for _, values in rows_of(chunk)]
        yield from (rows[at : at + BATCH] for at in range(0, len(rows), BATCH))


def _left_out_mark(run: Run) -> str:
    return mark_of(run, [int(pk) for pk in run.known.get("runs", {})])


def _coming(others: QuerySet[Run]) -> dict[int, Brought]:
    """Rows that those of `others` under way still have to send, by what they are known by."""
    at_work = others.exclude(state__in=OVER)
    chunks = Chunk.objects.filter(run__in=at_work, state__in=OPEN).select_related(
        "body", "run"
    )
    coming: dict[int, Brought] = {}
    for chunk in chunks.iterator(chunk_size=10):
        if chunk.plan == chunk.run.plan:
            for row, values in rows_of(chunk):
                line = line_of(row, values)
                for key in _keys(line):
                    coming.setdefault(key, Brought(chunk.run_id, row, line.whole, True))
    return coming
