"""How a file is written: the one object that preview, check and run share."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """`header_row` is the header's record number in the file, from 1; 0 means no header.

    `encoding` is a Python codec name in lower case (`utf-8`, `utf-8-sig`, `utf-16`, `cp1252`).
    """

    encoding: str = "utf-8"
    delimiter: str = ","
    quotechar: str = '"'
    header_row: int = 1
