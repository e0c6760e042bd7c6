"""Clean rows into chunks that one csv-import call takes. Deterministic to the byte.

A chunk's body is UTF-8 CSV: canonical field names as header, comma, '\\n' line ends, quotes
only where needed. Both caps are measured on exactly these bytes, header included (contract:
150,000 bytes and 600 rows).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Caps:
    """What one call may carry: data rows, and bytes with the header."""

    max_rows: int = 600
    max_bytes: int = 150_000


@dataclass(frozen=True, slots=True)
class PlannedChunk:
    """Chunk `number` (from 1) with the file's row numbers in order, and its exact bytes."""

    number: int
    rows: tuple[int, ...]
    body: bytes


def encode_row(cells: Sequence[str]) -> bytes:
    """One CSV line, as a chunk carries it."""
    line = ",".join(cells)
    is_plain = not ('"' in line or "\n" in line or "\r" in line)
    if not is_plain or line.count(",") >= len(cells):
        line = ",".join(map(_quoted, cells))
    return (line or '""').encode() + b"\n"


def _quoted(cell: str) -> str:
    if '"' in cell or "," in cell or "\n" in cell or "\r" in cell:
        return '"' + cell.replace('"', '""') + '"'
    return cell


def encode_body(header: Sequence[str], records: Iterable[Sequence[str]]) -> bytes:
    """A chunk's body: header line and one line for each record."""
    return b"".join([encode_row(header), *map(encode_row, records)])


class Filling:
    """How full the chunk at hand is, and how many were begun; rows are only counted."""

    __slots__ = ("_caps", "_header", "_rows", "_size", "chunks")

    def __init__(self, header: bytes, caps: Caps) -> None:
        self._header, self._caps = len(header), caps
        self._rows = self._size = self.chunks = 0

    def add(self, size: int) -> bool:
        """Take in a row's line of `size` bytes; whether a new chunk begins with it."""
        begins = (
            not self._rows
            or self._rows == self._caps.max_rows
            or self._size + size > self._caps.max_bytes
        )
        if begins:
            self._rows, self._size = 0, self._header
            self.chunks += 1
        self._rows += 1
        self._size += size
        return begins

    def add_all(self, sizes: Sequence[int]) -> None:
        """Take in several rows in order; in one step where no chunk begins among them."""
        rows, size = self._rows + len(sizes), self._size + sum(sizes)
        if self._rows and rows <= self._caps.max_rows and size <= self._caps.max_bytes:
            self._rows, self._size = rows, size
            return
        for each in sizes:
            self.add(each)


class Planner:
    """Collects encoded rows and gives a chunk each time one is full."""

    def __init__(self, fields: Sequence[str], caps: Caps) -> None:
        self.caps = caps
        self.planned = 0
        self._header = encode_row(fields)
        self._filling = Filling(self._header, caps)
        self._rows: list[int] = []
        self._lines: list[bytes] = []

    def fits(self, line: bytes) -> bool:
        """Whether a row can be sent at all: alone in a chunk, under the byte cap."""
        return len(self._header) + len(line) <= self.caps.max_bytes

    def add(self, row: int, line: bytes) -> PlannedChunk | None:
        """Take a row; the chunk it no longer fitted into, if that is now complete."""
        if not self.fits(line):
            raise ValueError(f"Row {row} alone is over {self.caps.max_bytes} bytes.")
        done = self.finish() if self._filling.add(len(line)) else None
        self._rows.append(row)
        self._lines.append(line)
        return done

    def finish(self) -> PlannedChunk | None:
        """The last chunk, if any row is left."""
        if not self._rows:
            return None
        self.planned += 1
        body = b"".join([self._header, *self._lines])
        chunk = PlannedChunk(self.planned, tuple(self._rows), body)
        self._rows, self._lines = [], []
        return chunk


def plan_chunks(
    ready: Iterable[tuple[int, Sequence[str]]],
    fields: Sequence[str],
    max_rows: int,
    max_bytes: int,
) -> Iterator[PlannedChunk]:
    """Chunks of (row number, values) pairs, as full as both caps allow, in file order.

    Raises ValueError for a row that alone is over the byte cap; the check skips such rows
    (`row_too_large`) before they come here.
    """
    planner = Planner(fields, Caps(max_rows, max_bytes))
    for row, values in ready:
        if done := planner.add(row, encode_row(values)):
            yield done
    if last := planner.finish():
        yield last


def pack_rows(rows: Sequence[int]) -> str:
    """Row numbers as text with runs joined: `2-601,603`."""
    spans: list[list[int]] = []
    for row in rows:
        if spans and row == spans[-1][1] + 1:
            spans[-1][1] = row
        else:
            spans.append([row, row])
    return ",".join(f"{a}-{b}" if b > a else f"{a}" for a, b in spans)


def unpack_rows(packed: str) -> list[int]:
    """The inverse of `pack_rows`."""
    rows: list[int] = []
    for span in filter(None, packed.split(",")):
        first, _, last = span.partition("-")
        rows.extend(range(int(first), int(last or first) + 1))
    return rows


def file_row(rows: Sequence[int], chunk_row: int) -> int | None:
    """The file's number of a row the API names by its place in the upload (header is 1)."""
    at = chunk_row - 2
    return rows[at] if 0 <= at < len(rows) else None
