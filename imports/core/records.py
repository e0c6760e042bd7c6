"""Records out of physical lines, such that one bad row harms no other row.

Python's csv module parses, strictly. Where it finds a quote that closes in the middle of a
cell or never closes, only the first line of that record is given up (or read tolerantly
where that makes a row of the right width), and reading goes on with the very next line.
True multi-line cells are strict CSV and are never touched.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, NamedTuple

from imports.core.dialect import Dialect
from imports.core.encodings import MARK, open_text
from imports.core.outcomes import Problem
from imports.core.quoting import split_tolerantly, split_with_backslashes

MAX_RECORD = 1 << 20  # characters; a csv-import call takes 150,000 bytes
_TOLERABLE = 1 << 16  # characters of a record worth reading tolerantly
_LOOK_AHEAD = 40  # lines in which a tolerantly read cell may close
_REPLAY_FLOOR = 2_000  # lines that may be read again, beyond four times those read

# The module's own limit (131,072) is below what one csv-import call may carry.
csv.field_size_limit(MAX_RECORD)


class Record(NamedTuple):
    """`number` counts every record of the file from 1, `line` is its first physical line."""

    number: int
    line: int
    cells: list[str]
    problem: Problem | None


class Records:
    """Iterates the records of a stream. Set `width` as soon as the header is known."""

    def __init__(self, stream: BinaryIO, dialect: Dialect) -> None:
        self.width = 0
        self._delimiter, self._quote = dialect.delimiter, dialect.quotechar
        self._text = open_text(stream, dialect.encoding)
        self._pieces = iter(partial(self._text.readline, MAX_RECORD), "")
        self._again: deque[str] = deque()
        self._held: list[str] = []
        self._held_size = 0
        self._read = 0
        self._replayed = 0
        self._has_marks = False

    def __iter__(self) -> Iterator[Record]:
        reader = self._reader()
        number, line = 0, 1
        while True:
            self._held, self._held_size = [], 0
            try:
                cells = next(reader)
                problem = None
            except StopIteration:
                return
            except csv.Error:
                cells, problem = self._recover()
                reader = self._reader()
            if len(self._held) > 1 and self._swallowed_rows(cells):
                cells, problem = self._recover()
            number += 1
            problem = problem or self._problem(cells)
            yield Record(number, line, self._unmarked(cells), problem)
            line += len(self._held)

    def _reader(self) -> Iterator[list[str]]:
        lines = iter(self._next_line, None)
        return csv.reader(lines, delimiter=self._delimiter, quotechar=self._quote, strict=True)

    def _next_line(self) -> str | None:
        """A line for the parser; a second one for the same record means an open quote."""
        if self._held and (self._held_size > MAX_RECORD or self._is_exhausted()):
            raise csv.Error
        line = self._pull()
        if line is not None:
            self._held.append(line)
            self._held_size += len(line)
        return line

    def _is_exhausted(self) -> bool:
        """Whether so much was read again that cells may no longer span lines."""
        return self._replayed > 4 * self._read + _REPLAY_FLOOR

    def _pull(self) -> str | None:
        if self._again:
            return self._again.popleft()
        piece = next(self._pieces, None)
        if piece is None:
            return None
        if not self._read:
            piece = piece.removeprefix("\ufeff")
        self._read += 1
        if len(piece) == MAX_RECORD and piece[-1] not in "\r\n":
            self._drop_rest_of_line()
        if "\0" in piece:
            piece = piece.replace("\0", "")
        self._has_marks = self._has_marks or MARK in piece
        return piece

    def _drop_rest_of_line(self) -> None:
        for piece in self._pieces:
            if piece[-1] in "\r\n":
                return

    def _swallowed_rows(self, cells: list[str]) -> bool:
        """Whether a quoted cell ran over lines that are rows of their own."""
        if self.width < 2:
            return False
        tail = self._held[1:]
        if len(cells) == self.width:
            tail = tail[:-1] if len(tail) > 2 else []
        return bool(tail) and all(map(self._stands_alone, tail))

    def _stands_alone(self, line: str) -> bool:
        if self.width < 2 or line.count(self._delimiter) < self.width - 1:
            return False
        try:
            rows = list(
                csv.reader(
                    [line], delimiter=self._delimiter, quotechar=self._quote, strict=True
                )
            )
        except csv.Error:
            return False
        return len(rows) == 1 and len(rows[0]) == self.width

    def _recover(self) -> tuple[list[str], Problem | None]:
        """Read the held lines again from the second on; make what can be made of the first."""
        held = self._held
        self._again.extendleft(reversed(held[1:]))
        self._replayed += len(held) - 1
        self._held = taken = held[:1]
        text = held[0]
        while len(text) <= _TOLERABLE:
            cells = self._tolerant(text.rstrip("\r\n"))
            if cells and (len(cells) == self.width or not self.width):
                return cells, None
            if cells or len(taken) == _LOOK_AHEAD:
                break
            following = self._pull()
            if following is None:
                break
            taken.append(following)
            if self._stands_alone(following):
                break
            text += following
        self._again.extendleft(reversed(taken[1:]))
        self._replayed += len(taken) - 1
        del taken[1:]
        return held[0].rstrip("\r\n").split(self._delimiter), Problem.OPEN_QUOTE

    def _tolerant(self, text: str) -> list[str] | None:
        escaped = split_with_backslashes(text, self._delimiter, self._quote)
        if escaped and len(escaped) == self.width:
            return escaped
        return split_tolerantly(text, self._delimiter, self._quote)

    def _problem(self, cells: list[str]) -> Problem | None:
        if self._held_size >= MAX_RECORD:
            return Problem.TOO_LONG
        if self._has_marks and any(MARK in line for line in self._held):
            return Problem.UNDECODABLE
        extra = cells[self.width :] if self.width else ()
        if any(map(str.strip, extra)):
            return Problem.EXTRA_CELLS
        return None

    def _unmarked(self, cells: list[str]) -> list[str]:
        if self._has_marks:
            return [cell.replace(MARK, "\ufffd") for cell in cells]
        return cells
