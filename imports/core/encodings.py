"""Which encoding, and text out of bytes without ever raising."""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO, Final

from imports.core.outcomes import UnreadableFile

# Stands where bytes were not text. A lone surrogate: no strict decoder ever gives one.
MARK: Final = "\udcff"
_MARKING: Final = "cleanlist-mark"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return MARK, error.end
    raise error


codecs.register_error(_MARKING, _mark)


class _BorrowedText(io.TextIOWrapper):
    """Text over a stream that stays the caller's: closing this does not close that."""

    def close(self) -> None:
        self.detach()


def open_text(stream: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """Text of `stream` with line ends kept as they are; MARK where bytes are not text."""
    try:
        return _BorrowedText(stream, encoding=encoding, errors=_MARKING, newline="")
    except LookupError:
        raise UnreadableFile(f"“{encoding}” is not an encoding this portal knows.") from None
