"""Which encoding, and text out of bytes without ever raising."""

from __future__ import annotations

import codecs
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Final

from imports.core.legacy import guess_legacy
from imports.core.outcomes import UnreadableFile

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

# Codec name -> label, as a person may choose it. The only list of them.
ENCODINGS: Final[dict[str, str]] = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8 (with a byte order mark)",
    "utf-8-cp1252": "UTF-8 mixed with Windows-1252",
    "utf-16": "UTF-16 (with a byte order mark)",
    "utf-16-le": "UTF-16 LE",
    "utf-16-be": "UTF-16 BE",
    "utf-32": "UTF-32 (with a byte order mark)",
    "cp1252": "Windows-1252 (Western)",
    "iso8859-1": "ISO 8859-1 (Western)",
    "iso8859-15": "ISO 8859-15 (Western)",
    "mac-roman": "Mac Roman (Western)",
    "cp850": "DOS 850 (Western)",
    "cp437": "DOS 437 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "iso8859-7": "ISO 8859-7 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "cp932": "Shift-JIS (Japanese)",
    "euc-jp": "EUC-JP (Japanese)",
    "gb18030": "GB 18030 (simplified Chinese)",
    "big5": "Big5 (traditional Chinese)",
    "cp949": "EUC-KR (Korean)",
}

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

_LINE_END = re.compile(rb"[\r\n]+")
_TELLING_WORD = re.compile(r"[^\s,;|\"]*[^\x00-\x7f\s][^\s,;|\"]*")
_LONGEST_WORD: Final = 24  # characters shown of it

# Stands where bytes were not text. A lone surrogate: no strict decoder ever gives one.
MARK: Final = "\udcff"
_MARKING: Final = "cleanlist-mark"
_WESTERN: Final = "cleanlist-western"
MIXED: Final = "utf-8-cp1252"


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return MARK, error.end
    raise error


codecs.register_error(_MARKING, _mark)


class _Mixed(codecs.BufferedIncrementalDecoder):
    """UTF-8, and Windows-1252 where bytes are not UTF-8; MARK where they are neither."""

    def _buffer_decode(
        self, input: ReadableBuffer, errors: str, final: bool
    ) -> tuple[str, int]:
        return codecs.utf_8_decode(input, _WESTERN, final)


def _decode_mixed(data: ReadableBuffer, _: str = "strict", /) -> tuple[str, int]:
    return codecs.utf_8_decode(data, _WESTERN, True)


def _western(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        bad = error.object[error.start : error.end]
        return bad.decode("cp1252", _MARKING), error.end
    raise error


def _find_mixed(name: str) -> codecs.CodecInfo | None:
    if name != MIXED.replace("-", "_"):
        return None
    utf_8 = codecs.lookup("utf-8")
    return codecs.CodecInfo(
        utf_8.encode,
        _decode_mixed,
        incrementalencoder=utf_8.incrementalencoder,
        incrementaldecoder=_Mixed,
        name=MIXED,
    )


codecs.register_error(_WESTERN, _western)
codecs.register(_find_mixed)


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
    if MARK not in decode_sample(head, "utf-8", is_whole_file=is_whole_file):
        return Encoding("utf-8", 1.0)
    return encoding_of_lines(telling_lines(head, is_whole_file=is_whole_file))


def telling_lines(piece: bytes, *, is_whole_file: bool) -> list[bytes]:
    """The lines of `piece` that are not plain ASCII, without a last one that may be cut."""
    if piece.isascii():
        return []
    lines = _LINE_END.split(piece)
    if not is_whole_file and len(lines) > 1:
        del lines[-1]
    return [line for line in lines if not line.isascii()]


def encoding_of_lines(telling: list[bytes]) -> Encoding:
    """Of lines that are not plain ASCII and not UTF-8 throughout.

    Where enough of them are, the file is UTF-8, and the others are Windows-1252 if they read
    well so; if not, they are rows with bytes that are not text.
    """
    bad = [line for line in telling if MARK in line.decode("utf-8", _MARKING)]
    good = len(telling) - len(bad)
    others = b"\n".join(bad)
    name, confidence = guess_legacy(others)
    if good * 3 >= len(bad) and name == "cp1252":
        read = _words_to_look_at(others.decode(MIXED))
        return Encoding(MIXED, confidence, f"The file mixes UTF-8 and Windows-1252: {read}")
    if good > 3 * len(bad):
        found = "1 line is" if len(bad) == 1 else f"{len(bad)} lines are"
        return Encoding("utf-8", 0.8, f"{found} not valid UTF-8.")
    if good:
        name, confidence = guess_legacy(b"\n".join(telling))
    text = b"\n".join(telling).decode(name, _MARKING)
    return Encoding(name, confidence, f"The encoding is a guess: {_words_to_look_at(text)}")


def _words_to_look_at(text: str) -> str:
    words = list(dict.fromkeys(_TELLING_WORD.findall(text.replace(MARK, "\ufffd"))))[:3]
    named = [f"“{word[:_LONGEST_WORD]}”" for word in words]
    if len(named) > 1:
        return f"are {', '.join(named[:-1])} and {named[-1]} written right?"
    return f"is {named[0]} written right?" if named else "look at accents."


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
