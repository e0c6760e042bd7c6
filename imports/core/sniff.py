"""How a file is written, from its bytes. Linear in the sample; raises only UnreadableFile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import BinaryIO

from imports.core.dialect import Dialect
from imports.core.encodings import (
    MARK,
    Encoding,
    decode_sample,
    detect_encoding,
    encoding_of_lines,
    first_undecodable,
    telling_lines,
)
from imports.core.headers import find_header
from imports.core.legacy import ENOUGH_BYTES
from imports.core.outcomes import UnreadableFile
from imports.core.separators import find_separators
from imports.core.signatures import refuse_binary, refuse_other_kinds

__all__ = ["SAMPLE_BYTES", "Dialect", "Sniffed", "UnreadableFile", "sniff", "sniff_stream"]

SAMPLE_BYTES = 1 << 17
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The dialect, how sure (0 to 1), and what a person should know, in words.

    `rows_above`: full rows above the header, which would be left out.
    """

    dialect: Dialect
    confidence: float
    notes: tuple[str, ...] = ()
    rows_above: int = 0


def sniff(head: bytes, *, is_whole_file: bool) -> Sniffed:
    """Encoding, delimiter, quote and header row from the first bytes of a file.

    Raises UnreadableFile if the file is empty or not text. Never looks beyond `head`.
    """
    if not head.strip(b"\0 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    refuse_other_kinds(head)
    encoding = detect_encoding(head, is_whole_file=is_whole_file)
    return _sniff_text(head, encoding, is_whole_file=is_whole_file)


def sniff_stream(stream: BinaryIO) -> Sniffed:
    """The same from a seekable stream, with the encoding checked to the file's end.

    A file whose head is plain ASCII, or has few letters beyond it that are not UTF-8, gets
    the encoding that its lines beyond ASCII have, wherever they are. Leaves the stream at its
    start.
    """
    head = stream.read(SAMPLE_BYTES)
    if len(head) < SAMPLE_BYTES:
        sniffed = sniff(head, is_whole_file=True)
    else:
        sniffed = sniff(head, is_whole_file=False)
        if encoding := _encoding_beyond(stream, head, sniffed.dialect.encoding):
            sniffed = _sniff_text(head, encoding, is_whole_file=False)
    stream.seek(0)
    return sniffed


def _encoding_beyond(stream: BinaryIO, head: bytes, found: str) -> Encoding | None:
    """What the whole file tells of its encoding, where the head tells little."""
    if found == "utf-8":
        stream.seek(0)
        if not head.isascii() or first_undecodable(stream, "utf-8") is None:
            return None
    elif found.startswith("utf-"):
        return None
    stream.seek(0)
    telling: list[bytes] = []
    while sum(map(len, telling)) < ENOUGH_BYTES and (piece := stream.read(_PIECE)):
        piece += stream.readline(_PIECE)
        telling += telling_lines(piece, is_whole_file=len(piece) < _PIECE)
    return encoding_of_lines(telling) if telling else None


def _sniff_text(head: bytes, encoding: Encoding, *, is_whole_file: bool) -> Sniffed:
    if not encoding.name.startswith(("utf-16", "utf-32")):
        refuse_binary(head)
    text = decode_sample(head, encoding.name, is_whole_file=is_whole_file)
    text = text.removeprefix("\ufeff").replace("\0", "").replace(MARK, "\ufffd")
    if not text.strip():
        raise UnreadableFile("The file is empty.")
    separators = find_separators(text)
    dialect = Dialect(encoding.name, separators.delimiter, separators.quotechar)
    header = find_header(text, dialect)
    notes = tuple(filter(None, [encoding.note, separators.note, header.note]))
    confidence = encoding.confidence * separators.confidence * header.confidence
    dialect = Dialect(encoding.name, separators.delimiter, separators.quotechar, header.row)
    return Sniffed(dialect, round(confidence, 2), notes, header.rows_above)
