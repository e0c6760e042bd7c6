"""One record with broken quotes, read as a person would: by the columns it must have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

# Bounds on one reading; rows beyond them are given up rather than puzzled over.
MAX_TEXT = 1 << 15
_MAX_QUOTE_RUNS = 200
_MAX_CELLS = 1_000
_MAX_STEPS = 20_000

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


@dataclass(frozen=True, slots=True)
class _Step:
    """The cell `text[start:end]` was taken to get here, from the step `back`."""

    cost: int
    start: int
    end: int
    is_quoted: bool
    is_stray: bool
    back: _Step | None


def best_reading(text: str, delimiter: str, quotechar: str, width: int) -> Reading | None:
    """The plainest reading of `text` as `width` cells (any number if 0), or None.

    `"Acme "Best" Inc",x` is two cells, and so is `"Acme,x` with a stray quote.
    """
    if len(text) > MAX_TEXT:
        return None
    if "\\" + quotechar in text and _HIDDEN not in text:
        plain = text.replace("\\" + quotechar, _HIDDEN)
        if reading := _search(plain, delimiter, quotechar, width):
            cells = [cell.replace(_HIDDEN, quotechar) for cell in reading.cells]
            return Reading(cells, reading.is_stray)
    return _search(text, delimiter, quotechar, width)


@cache
def _endings(delimiter: str, quotechar: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(quotechar)}+(?={re.escape(delimiter)}|\\Z)")


def _search(text: str, delimiter: str, quotechar: str, width: int) -> Reading | None:
    """The cheapest path from start to end, over (position, cells so far)."""
    runs = [(r.start(), r.end()) for r in _endings(delimiter, quotechar).finditer(text)]
    if len(runs) > _MAX_QUOTE_RUNS or text.count(delimiter) > _MAX_CELLS:
        return None
    end, steps = len(text), 0
    waiting: dict[int, dict[int, _Step | None]] = {0: {0: None}}
    while waiting:
        at = min(waiting)
        reached = waiting.pop(at)
        if at > end:
            return _result(reached, width, text, quotechar)
        for start, stop, cost, is_quoted, is_stray in _cells(
            text, at, delimiter, quotechar, runs
        ):
            for count, back in reached.items():
                steps += 1
                if steps > _MAX_STEPS or (width and count >= width):
                    continue
                total = cost + (back.cost if back else 0)
                step = _Step(total, start, stop, is_quoted, is_stray, back)
                following = stop + (1 if is_quoted else 0) + 1
                slot = waiting.setdefault(following, {})
                known = slot.get(count + 1)
                if known is None or total < known.cost:
                    slot[count + 1] = step
    return None


def _cells(
    text: str, at: int, delimiter: str, quotechar: str, runs: list[tuple[int, int]]
) -> list[tuple[int, int, int, bool, bool]]:
    """The cells that may start at `at`: start, end, cost, whether quoted, whether stray."""
    comma = text.find(delimiter, at)
    bare_end = comma if comma >= 0 else len(text)
    if not text.startswith(quotechar, at):
        return [(at, bare_end, 0, False, False)]
    cells = [(at, bare_end, _STRAY, False, True)]
    passed = 0
    for first, last in runs:
        if last - 1 <= at:
            continue
        is_odd = (last - max(first, at + 1)) % 2 == 1
        cells.append((at + 1, last - 1, passed + (0 if is_odd else _ODD_ENDING), True, False))
        passed += _PASSED_ENDING if is_odd else 0
    return cells


def _result(
    reached: dict[int, _Step | None], width: int, text: str, quotechar: str
) -> Reading | None:
    ends = [step for count, step in reached.items() if step and count == (width or count)]
    if not ends:
        return None
    step: _Step | None = min(ends, key=lambda s: s.cost)
    cells: list[str] = []
    is_stray = False
    while step:
        cell = text[step.start : step.end]
        cells.append(cell.replace(quotechar * 2, quotechar) if step.is_quoted else cell)
        is_stray = is_stray or step.is_stray
        step = step.back
    return Reading(cells[::-1], is_stray)
