"""Files that are not text tables, told by their first bytes and named in words."""

from __future__ import annotations

import re
from typing import Final

from imports.core.outcomes import UnreadableFile

_SAVE_AS: Final = "Save the sheet as CSV and upload that."
_UNPACK: Final = "Unpack it and upload the CSV inside."

_SIGNATURES: Final[tuple[tuple[bytes, str], ...]] = (
    (b"PK\x03\x04", f"This is a ZIP archive. {_UNPACK}"),
    (b"PK\x05\x06", "This is an empty ZIP archive."),
    (b"\xd0\xcf\x11\xe0", f"This is an Excel workbook (.xls). {_SAVE_AS}"),
    (b"%PDF-", "This is a PDF document, not a table."),
    (b"\x1f\x8b", f"This is a gzip archive. {_UNPACK}"),
    (b"BZh", f"This is a bzip2 archive. {_UNPACK}"),
    (b"\xfd7zXZ", f"This is an xz archive. {_UNPACK}"),
    (b"7z\xbc\xaf\x27\x1c", f"This is a 7-Zip archive. {_UNPACK}"),
    (b"Rar!", f"This is a RAR archive. {_UNPACK}"),
    (b"\x89PNG", "This is a picture, not a table."),
    (b"\xff\xd8\xff", "This is a picture, not a table."),
    (b"GIF8", "This is a picture, not a table."),
    (b"SQLite format 3", "This is a SQLite database, not a table in text."),
    (b"PAR1", "This is a Parquet file. Save it as CSV and upload that."),
    (b"{\\rtf", "This is a rich text document, not a table."),
)
_XLSX: Final = f"This is an Excel workbook (.xlsx). {_SAVE_AS}"
_ODS: Final = f"This is an OpenDocument spreadsheet (.ods). {_SAVE_AS}"

_JSON = re.compile(rb"\s*(?:\{\s*\"|\[\s*[\[{])")
_MARKUP = re.compile(rb"\s*<(?:!doctype|html|\?xml|table)\b", re.IGNORECASE)
_CONTROLS: Final = bytes(set(range(32)) - set(b"\t\n\x0b\x0c\r\x1a\x1b\0"))


def refuse_other_kinds(head: bytes) -> None:
    """Raises UnreadableFile with a sentence that names the kind."""
    for signature, sentence in _SIGNATURES:
        if head.startswith(signature):
            raise UnreadableFile(_office_kind(head) or sentence)
    body = head.removeprefix(b"\xef\xbb\xbf")
    if _JSON.match(body):
        raise UnreadableFile("This is a JSON file. Save it as CSV and upload that.")
    if _MARKUP.match(body):
        raise UnreadableFile(f"This is a web page or XML file, not a table. {_SAVE_AS}")


def refuse_binary(head: bytes) -> None:
    """Raises UnreadableFile for bytes no table has in one-byte encodings or UTF-8."""
    controls = len(head) - len(head.translate(None, _CONTROLS))
    if controls * 50 > len(head) or head.count(0) * 10 > len(head):
        raise UnreadableFile("This is not a text file: it holds bytes no table has.")


def _office_kind(head: bytes) -> str | None:
    if b"application/vnd.oasis.opendocument.spreadsheet" in head[:200]:
        return _ODS
    if b"[Content_Types].xml" in head or b"xl/" in head:
        return _XLSX
    return None
