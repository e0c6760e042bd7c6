"""Physical lines of a stream: bounded in length, cleaned of NULs, and readable twice."""

from __future__ import annotations

from collections import deque
from functools import partial
from typing import BinaryIO

from imports.core.encodings import MARK, open_text

MAX_LINE = 1 << 20  # characters; a csv-import call takes 150,000 bytes
_REPLAY_FLOOR = 2_000  # lines that may be read again, beyond four times those read


class Lines:
    """Lines keep their ends (LF, CRLF or CR). A line is cut at MAX_LINE characters."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self.has_marks = False
        self._text = open_text(stream, encoding)
        self._pieces = iter(partial(self._text.readline, MAX_LINE), "")
        self._again: deque[str] = deque()
        self._read = 0
        self._replayed = 0

    def pull(self) -> str | None:
        """The next line, or None at the end."""
        if self._again:
            return self._again.popleft()
        piece = next(self._pieces, None)
        if piece is None:
            return None
        if not self._read:
            piece = piece.removeprefix("\ufeff")
        self._read += 1
        if len(piece) == MAX_LINE and piece[-1] not in "\r\n":
            self._drop_rest_of_line()
        if "\0" in piece:
            piece = piece.replace("\0", "")
        if MARK in piece:
            self.has_marks = True
        return piece

    def push_back(self, lines: list[str]) -> None:
        """Make `lines` the next ones to be pulled."""
        self._again.extendleft(reversed(lines))
        self._replayed += len(lines)

    def peek(self, count: int) -> list[str]:
        """Up to `count` lines to come; they are still to be pulled."""
        ahead: list[str] = []
        while len(ahead) < count and (line := self.pull()) is not None:
            ahead.append(line)
        self._again.extendleft(reversed(ahead))
        return ahead

    @property
    def is_exhausted(self) -> bool:
        """Whether so much was read again that a hostile file must be at work."""
        return self._replayed > 4 * self._read + _REPLAY_FLOOR

    def _drop_rest_of_line(self) -> None:
        for piece in self._pieces:
            if piece[-1] in "\r\n":
                return
