"""The whole file judged row by row and cut into chunks, in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO

from imports.core.damage import Damage, DamageFinder
from imports.core.dialect import Dialect
from imports.core.earlier import Earlier
from imports.core.outcomes import Problem, SkipReason
from imports.core.plan import Caps, Filling, PlannedChunk, Planner, encode_row
from imports.core.rows import Judge, LeftOut, Ready, Skip
from imports.core.seen import Seen, SeenInMemory
from imports.core.table import Row, Table, read_table

# Ready rows that wait to be compared with earlier imports, together: number, characters.
_MOST_WAITING = 400
_MOST_CHARACTERS = 2_000_000
# Sizes of lines that wait to be counted together.
_MOST_SIZES = 100


class VanishedColumn(Exception):
    """The mapping names a column the file does not have. `field` is the canonical field."""

    def __init__(self, field: str, column: int, columns: int) -> None:
        super().__init__(
            f"{field} is mapped to column {column + 1}, but the file has {columns} columns."
        )
        self.field = field


@dataclass(frozen=True, slots=True)
class SkippedRow:
    """A row that will not be sent, as the person has it in the file.

    `field` is canonical and `column` its index in the file; both empty/None where no single
    cell is to blame. `problem` is set for damaged rows.
    """

    number: int
    line: int
    reason: SkipReason
    field: str
    column: int | None
    value: str
    first_row: int | None
    cells: list[str]
    problem: Problem | None = None


@dataclass(slots=True)
class CheckSums:
    """rows_in = blank + ready + skipped, always."""

    rows_in: int = 0
    blank: int = 0
    ready: int = 0
    skipped: int = 0
    skip_reasons: Counter[SkipReason] = field(default_factory=Counter)
    # Of the ready: rows that go without a value, by field.
    left_out: Counter[str] = field(default_factory=Counter)
    # Of the ready: rows that have what an enrichment would find, by `rows.GIVEN`.
    given: Counter[str] = field(default_factory=Counter)
    # For each of these that any row can have: calls of the ready rows that lack it, and of
    # those that have it.
    calls_apart: dict[str, tuple[int, int]] = field(default_factory=dict)
    chunks: int = 0


def _ignore(*_: object) -> None:
    pass


def check(
    stream: BinaryIO,
    dialect: Dialect,
    mapping: Mapping[str, int],
    caps: Caps,
    *,
    on_skip: Callable[[SkippedRow], None] = _ignore,
    on_chunk: Callable[[PlannedChunk], None] = _ignore,
    on_left_out: Callable[[Row, LeftOut], None] = _ignore,
    on_progress: Callable[[int], None] = _ignore,
    seen: Seen | None = None,
    earlier: Earlier | None = None,
) -> CheckSums:
    """Judge every row of `stream`; `mapping` is canonical field -> column index.

    `on_skip` gets each skipped row and `on_chunk` each full chunk, in file order;
    `on_left_out` each value that a row which goes is sent without;
    `on_progress` the rows read so far, after each row (it may raise to stop the check).
    Ready rows that `earlier` gives a reason for are skipped by it.
    Raises UnreadableFile, and VanishedColumn for a mapping beyond the header.
    """
    table = read_table(stream, dialect)
    _refuse_vanished(mapping, table)
    judge = Judge(mapping, seen or SeenInMemory())
    damage = DamageFinder(mapping, len(table.header), dialect.quotechar)
    planner, hooks = Planner(judge.fields, caps), (on_skip, on_chunk, on_left_out)
    run = _Pass(judge, damage, planner, *hooks, earlier)
    for row in table:
        run.take(row)
        on_progress(run.sums.rows_in)
    return run.finish()


def _refuse_vanished(mapping: Mapping[str, int], table: Table) -> None:
    width = len(table.header)
    for name, column in mapping.items():
        if not 0 <= column < width:
            raise VanishedColumn(name, column, width)


class _Apart:
    """Counts the rows that have what an enrichment finds, and the calls of a plan in which
    they go apart, for each of `kinds`. Only the sizes of the last few rows are kept."""

    def __init__(self, header: bytes, caps: Caps, kinds: Sequence[str]) -> None:
        self._lanes = {
            (kind, has): (Filling(header, caps), list[int]())
            for kind in kinds
            for has in (False, True)
        }
        self._kinds, self._waiting = kinds, 0
        self.given: Counter[str] = Counter()
        self._takers: dict[tuple[str, ...], list[Callable[[int], None]]] = {}

    def add(self, given: tuple[str, ...], size: int) -> None:
        """Count in a row that has what is `given`, as a line of `size` bytes."""
        for take in self._takers.get(given) or self._takers_of(given):
            take(size)
        self._waiting += 1
        if self._waiting == _MOST_SIZES:
            self._count()

    def calls(self) -> dict[str, tuple[int, int]]:
        """By kind: calls of the rows that lack it, and of those that have it."""
        self._count()
        return {
            kind: (self._lanes[kind, False][0].chunks, self._lanes[kind, True][0].chunks)
            for kind in self._kinds
        }

    def _takers_of(self, given: tuple[str, ...]) -> list[Callable[[int], None]]:
        takers = [self._lanes[kind, kind in given][1].append for kind in self._kinds]
        self._takers[given] = takers
        return takers

    def _count(self) -> None:
        for (kind, has), (filling, sizes) in self._lanes.items():
            if has and sizes:
                self.given[kind] += len(sizes)
            filling.add_all(sizes)
            sizes.clear()
        self._waiting = 0


class _Pass:
    def __init__(
        self,
        judge: Judge,
        damage: DamageFinder,
        planner: Planner,
        on_skip: Callable[[SkippedRow], None],
        on_chunk: Callable[[PlannedChunk], None],
        on_left_out: Callable[[Row, LeftOut], None],
        earlier: Earlier | None,
    ) -> None:
        self.sums = CheckSums()
        self._judge, self._damage, self._planner = judge, damage, planner
        self._on_skip, self._on_chunk, self._on_left_out = on_skip, on_chunk, on_left_out
        self._earlier = earlier
        self._apart = _Apart(encode_row(judge.fields), planner.caps, judge.may_be_given)
        self._to_compare: list[tuple[Row, Ready, bytes]] = []
        self._characters = 0

    def take(self, row: Row) -> None:
        self.sums.rows_in += 1
        if damage := self._damage.find(row):
            self._skip(row, Skip(damage.problem.reason, value=damage.value), damage)
            return
        values = self._judge.values(row.cells)
        line = encode_row(values)
        if not self._planner.fits(line):
            self._skip(row, self._too_large(values))
            return
        verdict = self._judge.judge(row.cells, values)
        if isinstance(verdict, Ready):
            self._take_ready(row, verdict, line)
        elif isinstance(verdict, Skip):
            self._skip(row, verdict)
        else:
            self.sums.blank += 1

    def finish(self) -> CheckSums:
        if self._earlier:
            self._compare(self._earlier)
        self._emit(self._planner.finish())
        self.sums.calls_apart = self._apart.calls()
        self.sums.given = self._apart.given
        return self.sums

    def _take_ready(self, row: Row, ready: Ready, line: bytes) -> None:
        self._judge.remember(ready, row.number)
        if self._earlier is None:
            self._plan(row, ready, line)
            return
        self._to_compare.append((row, ready, line))
        self._characters += sum(map(len, row.cells))
        many = len(self._to_compare) == _MOST_WAITING
        if many or self._characters > _MOST_CHARACTERS:
            self._compare(self._earlier)

    def _compare(self, earlier: Earlier) -> None:
        waiting, self._to_compare, self._characters = self._to_compare, [], 0
        skips = earlier.judge([ready for _, ready, _ in waiting])
        for (row, ready, line), skip in zip(waiting, skips, strict=True):
            if skip:
                self._skip(row, skip)
            else:
                self._plan(row, ready, line)

    def _plan(self, row: Row, ready: Ready, line: bytes) -> None:
        self.sums.ready += 1
        self._apart.add(self._judge.given(ready.values), len(line))
        for each in self._judge.left_out(row.cells, ready.values):
            self.sums.left_out[each.field] += 1
            self._on_left_out(row, each)
        self._emit(self._planner.add(row.number, line))

    def _too_large(self, values: tuple[str, ...]) -> Skip:
        at = max(range(len(values)), key=lambda i: len(values[i]))
        return Skip(SkipReason.ROW_TOO_LARGE, self._judge.fields[at], values[at])

    def _skip(self, row: Row, skip: Skip, damage: Damage | None = None) -> None:
        self.sums.skipped += 1
        self.sums.skip_reasons[skip.reason] += 1
        self._on_skip(
            SkippedRow(
                number=row.number,
                line=row.line,
                reason=skip.reason,
                field=skip.field,
                column=damage.column if damage else self._judge.column_of(skip.field),
                value=skip.value,
                first_row=skip.first_row,
                cells=row.cells,
                problem=damage.problem if damage else None,
            )
        )

    def _emit(self, chunk: PlannedChunk | None) -> None:
        if chunk:
            self.sums.chunks += 1
            self._on_chunk(chunk)
