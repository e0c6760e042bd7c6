"""Records out of physical lines, such that one bad row harms no other row.

Python's csv module parses, strictly. Where it finds a quote that closes in the middle of a
cell or never closes, that row alone is read tolerantly, by the number of columns it must have,
and reading goes on with the line after it. True multi-line cells are strict CSV and are
never touched.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from imports.core.dialect import Dialect
from imports.core.encodings import MARK
from imports.core.lines import MAX_LINE, Lines
from imports.core.outcomes import Problem
from imports.core.quoting import MAX_TEXT, Reading, TolerantReader

_LOOK_AHEAD = 40  # lines in which a tolerantly read cell may close, or that tell the width
_EFFORT = 20_000  # steps of tolerant reading a file may cost
_EFFORT_A_CHARACTER = 0.6  # and this many more for each character read
_SPACED_SAMPLE = 50  # lines that tell whether delimiters are followed by a space

# The module's own limit (131,072) is below what one csv-import call may carry.
csv.field_size_limit(MAX_LINE)


class Record(NamedTuple):
    """`number` counts every record of the file from 1, `line` is its first physical line."""

    number: int
    line: int
    cells: list[str]
    problem: Problem | None


class Records:
    """Iterates the records of a stream. Set `width` as soon as the header is known.

    `patience`: how much effort goes into damaged records, as a share of the usual.
    """

    def __init__(self, stream: BinaryIO, dialect: Dialect, patience: float = 1.0) -> None:
        self.width = 0
        self._delimiter, self._quote = dialect.delimiter, dialect.quotechar
        self._lines = Lines(stream, dialect.encoding)
        self._tolerant = TolerantReader(
            self._delimiter, self._quote, patience * _EFFORT, patience * _EFFORT_A_CHARACTER
        )
        self._is_spaced = self._sees_spaces()
        self._held: list[str] = []
        self._held_size = 0
        self._characters = 0  # read since the last damaged record

    def __iter__(self) -> Iterator[Record]:
        reader = self._reader(iter(self._next_line, None))
        number, line = 0, 1
        while True:
            self._held, self._held_size = [], 0
            problem = None
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                cells, problem = self._recovered()
                reader = self._reader(iter(self._next_line, None))
            if len(self._held) > 1 and self._swallowed_rows(cells):
                cells, problem = self._recovered()
            number += 1
            if problem or self._is_suspect or len(cells) != self.width:
                problem = self._problem(cells, problem)
                cells = self._unmarked(cells)
            yield Record(number, line, cells, problem)
            line += len(self._held)
            self._characters += self._held_size

    def _reader(self, lines: Iterator[str]) -> Iterator[list[str]]:
        return csv.reader(
            lines,
            delimiter=self._delimiter,
            quotechar=self._quote,
            skipinitialspace=self._is_spaced,
            strict=True,
        )

    def _next_line(self) -> str | None:
        """A line for the parser; a second one for the same record means an open quote."""
        if self._held and (self._held_size > MAX_LINE or self._lines.is_exhausted):
            raise csv.Error
        line = self._lines.pull()
        if line is not None:
            self._held.append(line)
            self._held_size += len(line)
        return line

    def _sees_spaces(self) -> bool:
        """Whether quotes stand after delimiter and space (`a, "b, c", d`), and only there."""
        head = "".join(self._lines.peek(_SPACED_SAMPLE))
        spaced = head.count(f"{self._delimiter} {self._quote}")
        return spaced > 0 and f"{self._delimiter}{self._quote}" not in head

    def _swallowed_rows(self, cells: list[str]) -> bool:
        """Whether a quoted cell ran over lines that are rows of their own."""
        tail = self._held[1:]
        if self.width < 2:
            return False
        if len(cells) != self.width:
            return self._starts_row(tail, self.width)
        between = tail[:-1]
        return len(between) > 1 and all(
            self._width_alone(line) == self.width for line in between
        )

    def _starts_row(self, lines: list[str], width: int) -> bool:
        """Whether a sound row of `width` cells starts with `lines` and goes on after them."""
        ahead = [*lines, *self._lines.peek(_LOOK_AHEAD)]
        try:
            return width > 1 and len(next(self._reader(iter(ahead)), ())) == width
        except csv.Error:
            return False

    def _width_alone(self, line: str) -> int:
        """How many cells a line has by itself; 0 if it is not a record by itself."""
        try:
            rows = list(self._reader(iter([line])))
        except csv.Error:
            return 0
        return len(rows[0]) if len(rows) == 1 else 0

    def _recovered(self) -> tuple[list[str], Problem | None]:
        cells, problem = self._recover()
        self._held_size = sum(map(len, self._held))
        return cells, problem

    def _recover(self) -> tuple[list[str], Problem | None]:
        """Read the first held line tolerantly, on its own if it can be; free the others."""
        self._tolerant.refill(self._characters)
        self._characters = 0
        self._lines.push_back(self._held[1:])
        first = self._held[0]
        del self._held[1:]
        width = self.width or self._width_ahead()
        reading = alone = self._read_tolerantly(first, width)
        if alone is None or alone.is_stray:
            reading = self._read_on(first, width) or alone
        if reading is None:
            return _line_text(first).split(self._delimiter), Problem.OPEN_QUOTE
        return reading.cells, Problem.OPEN_QUOTE if reading.is_stray else None

    def _read_on(self, text: str, width: int) -> Reading | None:
        """A multi-line record with quotes inside its cells, if the next lines make one."""
        taken: list[str] = []
        if not width or self._lines.is_exhausted or self._tolerant.is_exhausted:
            return None
        while len(text) < MAX_TEXT and len(taken) < _LOOK_AHEAD:
            line = self._lines.pull()
            if line is None:
                break
            taken.append(line)
            if self._starts_row([line], width):
                break
            text += line
            if self._quote not in line:
                continue
            reading = self._read_tolerantly(text, width)
            if reading and not reading.is_stray:
                self._held += taken
                return reading
        self._lines.push_back(taken)
        return None

    def _read_tolerantly(self, text: str, width: int) -> Reading | None:
        return self._tolerant.read(_line_text(text), width)

    def _width_ahead(self) -> int:
        """The width most of the next lines have, for a damaged header."""
        widths = Counter(map(self._width_alone, self._lines.peek(_LOOK_AHEAD)))
        del widths[0]
        return max(widths, key=lambda w: widths[w] * w, default=0)

    @property
    def _is_suspect(self) -> bool:
        return self._lines.has_marks or self._held_size >= MAX_LINE

    def _problem(self, cells: list[str], found: Problem | None) -> Problem | None:
        if self._held_size >= MAX_LINE:
            return Problem.TOO_LONG
        if self._lines.has_marks and any(MARK in line for line in self._held):
            return Problem.UNDECODABLE
        if not found and self.width and any(map(str.strip, cells[self.width :])):
            return Problem.EXTRA_CELLS
        return found

    def _unmarked(self, cells: list[str]) -> list[str]:
        if self._lines.has_marks:
            return [cell.replace(MARK, "\ufffd") for cell in cells]
        return cells


def _line_text(line: str) -> str:
    return line.rstrip("\r\n")
