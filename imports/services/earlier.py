"""What other imports into a run's list have brought there, or are bringing now.

The rule is in docs/import-lifecycle.md, "The weekly file".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from imports.core.matching import has_sure_key
from imports.core.outcomes import FIELDS, SkipReason
from imports.core.rows import Ready, Skip
from imports.models import Chunk, ChunkState, LedgerLine, LedgerRow, ProblemRow, Run
from imports.models.chunks import OPEN, ChunkQuerySet
from imports.models.runs import OVER, Again
from imports.services.ledger import line_of, rows_of
from lists.known import fold
from lists.models import KnownList

# Rows asked for at once: two keys each stay below what SQLite takes as parameters.
BATCH = 400
# A person waits for the second comparison of so many rows at most.
MOST_AT_ONCE = 50_000
# Calls of which it isn't known, or not of each row, whether they brought their rows.
IN_DOUBT = Q(state=ChunkState.UNKNOWN) | Q(
    state=ChunkState.DONE, rows_named__lt=F("rows_skipped"), rows_imported__gt=0
)


@dataclass(frozen=True, slots=True)
class Brought:
    """A row that another import has brought, will bring (`is_coming`), or may have brought
    (`is_unsure`)."""

    run_id: int
    row: int
    whole: int
    is_coming: bool = False
    is_unsure: bool = False


@dataclass(slots=True)
class Known:
    """Rows of a file that are known from earlier imports: `same` in all their values or with
    others (`changed`), those that may be in the list (`unsure`), and how many by import."""

    same: int = 0
    changed: int = 0
    unsure: int = 0
    runs: Counter[int] = field(default_factory=Counter)

    @property
    def rows(self) -> int:
        return self.same + self.changed + self.unsure


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
        self._unsettled = _in_doubt(others) | _coming(others)
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
        sure = [each for each in found if not each.is_unsure]
        same = [each for each in sure if each.whole == line.whole]
        if same:
            self.known.same += 1
            return self._skip(SkipReason.ALREADY_IMPORTED, same[0])
        if sure and has_sure_key(values):
            self.known.changed += 1
            return self._skip(SkipReason.CHANGED_SINCE, sure[0])
        unsure = [each for each in found if each.is_unsure]
        if unsure and (has_sure_key(values) or unsure[0].whole == line.whole):
            self.known.unsure += 1
            return self._skip(SkipReason.MAY_BE_IN_LIST, unsure[0])
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
        for key in keys & self._unsettled.keys():
            found.setdefault(key, []).append(self._unsettled[key])
        return found


def _keys(line: LedgerLine) -> list[int]:
    return [line.key] if line.other_key is None else [line.key, line.other_key]


def into_list_of(run: Run) -> QuerySet[Run]:
    """The other imports into the run's list that were ever started."""
    others = Run.objects.exclude(pk=run.pk).exclude(started_at=None)
    return others.filter(into_the_same_list(run))


def into_the_same_list(run: Run) -> Q:
    """Runs into the run's list. One whose list is yet to be made gets the list of that name,
    so a list that had the name and is gone, or is called otherwise by now, is another."""
    same_name = Q(list_name__iexact=run.list_name)
    if run.list_id:
        return Q(list_id=run.list_id) | Q(list_id="") & same_name
    others = KnownList.objects.exclude(gone_at=None, folded_name=fold(run.list_name))
    return same_name & ~Q(list_id__in=others.values("list_id"))


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
    """For `Run.known`: {"same": rows, "changed": rows, "unsure": rows, "runs": {id: rows},
    "mark": of these runs}; empty where nothing is known."""
    if not known.runs:
        return {}
    runs = {str(pk): rows for pk, rows in sorted(known.runs.items())}
    mark = mark_of(run, known.runs)
    counts = {"same": known.same, "changed": known.changed, "unsure": known.unsure}
    return counts | {"runs": runs, "mark": mark}


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
    """What other imports have brought into the run's list, are bringing or may have brought,
    of the rows of its `chunks`; imports whose rows the run was told to send again are not
    asked."""
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
    chunks = Chunk.objects.filter(run__in=at_work, state__in=OPEN)
    return {
        key: Brought(chunk.run_id, row, line.whole, is_coming=True)
        for chunk, row, line in _lines(chunks)
        for key in _keys(line)
    }


def _in_doubt(others: QuerySet[Run]) -> dict[int, Brought]:
    """Rows that other imports have sent, of which it isn't known whether they are in."""
    chunks = Chunk.objects.filter(IN_DOUBT, run__in=others)
    skipped = ProblemRow.objects.filter(chunk__in=chunks).values_list("chunk_id", "row")
    named = set(skipped)
    return {
        key: Brought(chunk.run_id, row, line.whole, is_unsure=True)
        for chunk, row, line in _lines(chunks)
        if (chunk.pk, row) not in named
        for key in _keys(line)
    }


def _lines(chunks: QuerySet[Chunk]) -> Iterable[tuple[Chunk, int, LedgerLine]]:
    """Each row of those of `chunks` that count and whose bodies are still there."""
    there = chunks.exclude(body=None).select_related("body", "run")
    for chunk in there.iterator(chunk_size=10):
        if chunk.plan == chunk.run.plan:
            for row, values in rows_of(chunk):
                yield chunk, row, line_of(row, values)
