"""One record with broken quotes, read as a person would: by the columns it must have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

# Bounds on one reading; rows beyond them are given up rather than puzzled over.
MAX_TEXT = 1 << 15
_MAX_QUOTE_RUNS = 200
_MAX_CELLS = 1_000

_TO_BEGIN = 10  # steps that any search costs

# What a reading costs, so that the plainest one wins.
_ODD_ENDING = 1  # closed by an even run of quotes
_PASSED_ENDING = 1  # read on past a quote that could have closed the cell
_STRAY = 5  # an opening quote taken as a character of the cell

_HIDDEN = "\ue000"  # a private-use character stands for an escaped quote meanwhile


@dataclass(frozen=True, slots=True)
class Reading:
    """`is_stray`: an opening quote had to be read as a plain character."""

    cells: list[str]
    is_stray: bool


class _Cell(NamedTuple):
    """`text[start:end]` as one cell; `is_stray`: its opening quote is a plain character."""

    start: int
    end: int
    cost: int
    is_quoted: bool
    is_stray: bool


class _Step(NamedTuple):
    """`cell`, taken after the step `back`, at a cost so far."""

    cost: int
    cell: _Cell
    back: _Step | None


class TolerantReader:
    """Reads damaged records of one file within an effort that grows with what was read.

    The effort keeps a hostile file from costing more than some steps a character.
    """

    def __init__(self, delimiter: str, quotechar: str, effort: float, refill: float) -> None:
        self._delimiter, self._quote = delimiter, quotechar
        self._effort, self._refill = effort, refill
        # Quotes that may close a cell: whole runs before a delimiter or the end.
        quote = re.escape(quotechar)
        self._endings = re.compile(f"(?<!{quote}){quote}++(?={re.escape(delimiter)}|\\Z)")

    @property
    def is_exhausted(self) -> bool:
        return self._effort <= 0

    def refill(self, characters: int) -> None:
        """Allow more effort, as `characters` more were read."""
        self._effort += self._refill * characters

    def read(self, text: str, width: int) -> Reading | None:
        """The plainest reading of `text` as `width` cells (any number if 0), or None.

        `"Acme "Best" Inc",x` is two cells, and so is `"Acme,x` with a stray quote.
        """
        escaped = "\\" + self._quote
        if escaped in text and _HIDDEN not in text:
            reading = self._search(text.replace(escaped, _HIDDEN), width)
            if reading:
                cells = [cell.replace(_HIDDEN, self._quote) for cell in reading.cells]
                return Reading(cells, reading.is_stray)
        return self._search(text, width)

    def _search(self, text: str, width: int) -> Reading | None:
        """The cheapest path from start to end, over (position, cells so far)."""
        self._effort -= _TO_BEGIN + len(text) / 30
        runs = [(run.start(), run.end()) for run in self._endings.finditer(text)]
        is_large = len(text) > MAX_TEXT or text.count(self._delimiter) > _MAX_CELLS
        if is_large or len(runs) > _MAX_QUOTE_RUNS:
            return None
        waiting: dict[int, dict[int, _Step | None]] = {0: {0: None}}
        while self._effort > 0:
            at = min(waiting)
            reached = waiting.pop(at)
            if at > len(text):
                return _result(reached, width, text, self._quote)
            for cell in _cells(text, at, self._delimiter, self._quote, runs):
                self._effort -= len(reached)
                _take(cell, reached, waiting, width)
            if not waiting:
                return None
        return None


def _take(
    cell: _Cell,
    reached: dict[int, _Step | None],
    waiting: dict[int, dict[int, _Step | None]],
    width: int,
) -> None:
    """Go on from every way here over `cell`, keeping the cheapest way to each place."""
    after = waiting.setdefault(cell.end + 1 + cell.is_quoted, {})
    for count, back in reached.items():
        if width and count >= width:
            continue
        cost = cell.cost + (back.cost if back else 0)
        known = after.get(count + 1)
        if known is None or cost < known.cost:
            after[count + 1] = _Step(cost, cell, back)


def _cells(
    text: str, at: int, delimiter: str, quotechar: str, runs: list[tuple[int, int]]
) -> list[_Cell]:
    """The cells that may start at `at`."""
    comma = text.find(delimiter, at)
    bare_end = comma if comma >= 0 else len(text)
    if not text.startswith(quotechar, at):
        return [_Cell(at, bare_end, 0, False, False)]
    cells = [_Cell(at, bare_end, _STRAY, False, True)]
    passed = 0
    for first, last in runs:
        if last - 1 <= at:
            continue
        is_odd = (last - max(first, at + 1)) % 2 == 1
        cost = passed + (0 if is_odd else _ODD_ENDING)
        cells.append(_Cell(at + 1, last - 1, cost, True, False))
        passed += _PASSED_ENDING if is_odd else 0
    return cells


def _result(
    reached: dict[int, _Step | None], width: int, text: str, quotechar: str
) -> Reading | None:
    ends = [step for count, step in reached.items() if step and count == (width or count)]
    step: _Step | None = min(ends, key=lambda s: s.cost, default=None)
    if step is None:
        return None
    cells: list[str] = []
    is_stray = False
    while step:
        cell = text[step.cell.start : step.cell.end]
        is_quoted = step.cell.is_quoted
        cells.append(cell.replace(quotechar * 2, quotechar) if is_quoted else cell)
        is_stray = is_stray or step.cell.is_stray
        step = step.back
    return Reading(cells[::-1], is_stray)
