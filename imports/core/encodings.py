"""Which encoding, and text out of bytes without ever raising."""

from __future__ import annotations

import codecs
import io
from dataclasses import dataclass
from typing import BinaryIO, Final

from imports.core.legacy import guess_legacy
from imports.core.outcomes import UnreadableFile

# Codec name -> label, as a person may choose it.
ENCODINGS: Final[dict[str, str]] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16 with a byte order mark",
    "utf-16-le": "UTF-16, little end first",
    "utf-16-be": "UTF-16, big end first",
    "cp1252": "Western (Windows-1252)",
    "iso8859-1": "Western (Latin-1)",
    "iso8859-15": "Western (Latin-9)",
    "mac-roman": "Western (Mac Roman)",
    "cp1250": "Central European (Windows-1250)",
    "iso8859-2": "Central European (Latin-2)",
    "cp1251": "Cyrillic (Windows-1251)",
    "koi8-r": "Cyrillic (KOI8-R)",
    "cp1253": "Greek (Windows-1253)",
    "cp1254": "Turkish (Windows-1254)",
    "cp932": "Japanese (Shift-JIS)",
    "gb18030": "Chinese (GB18030)",
    "utf-32": "UTF-32 with a byte order mark",
}

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

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


@dataclass(frozen=True, slots=True)
class Encoding:
    """A codec name, how sure (0 to 1), and what a person should know about it."""

    name: str
    confidence: float
    note: str = ""


def detect_encoding(head: bytes, *, is_whole_file: bool) -> Encoding:
    """Byte order mark, then UTF-16 by its zero bytes, then strict UTF-8, then a guess."""
    for bom, name in _BOMS:
        if head.startswith(bom):
            return Encoding(name, 1.0)
    if unmarked := _utf16_by_zeros(head):
        return Encoding(unmarked, 0.9)
    text = decode_sample(head, "utf-8", is_whole_file=is_whole_file)
    damaged = text.count(MARK)
    if not damaged:
        return Encoding("utf-8", 1.0)
    letters = sum(char > "\x7f" for char in text) - damaged
    if letters >= 3 * damaged:
        return Encoding("utf-8", 0.8, f"{damaged} places are not valid UTF-8.")
    name, fit = guess_legacy(head)
    return Encoding(
        name, round(min(fit, 0.95), 2), "The encoding is a guess: look at accents."
    )


def decode_sample(head: bytes, encoding: str, *, is_whole_file: bool) -> str:
    """Text of the head of a file, without the character its end may cut in two."""
    decoder = codecs.getincrementaldecoder(encoding)(errors=_MARKING)
    return decoder.decode(head, final=is_whole_file)


def first_undecodable(stream: BinaryIO, encoding: str) -> int | None:
    """About where the first bytes that are not text stand, in bytes; None if all is text."""
    decoder = codecs.getincrementaldecoder(encoding)()
    offset = 0
    while True:
        piece = stream.read(1 << 20)
        try:
            decoder.decode(piece, final=not piece)
        except UnicodeDecodeError as error:
            return max(0, offset + error.start - (len(error.object) - len(piece)))
        if not piece:
            return None
        offset += len(piece)


def _utf16_by_zeros(head: bytes) -> str | None:
    """UTF-16 without a mark: zero bytes all on one side, and text with line ends."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    few, many = sorted((even, odd))
    if many < 2 or many * 50 < len(head) or few * 10 > many:
        return None
    name = "utf-16-be" if even > odd else "utf-16-le"
    text = decode_sample(head, name, is_whole_file=False)
    plausible = sum(char.isprintable() or char in "\t\r\n" for char in text)
    is_text = plausible > 0.95 * len(text) and any(end in text for end in "\r\n,;\t|")
    return name if is_text else None
