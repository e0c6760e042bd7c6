"""The rows of a run's chunks, found by what a lead is known by."""

from __future__ import annotations

import csv
import io
import zlib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from imports.core.matching import Values, lead_keys, row_keys
from imports.core.plan import unpack_rows
from imports.core.seen import SeenInMemory
from imports.models import Chunk, ChunkBody

PARSED_CHUNKS = 8


@dataclass(frozen=True)
class IndexedRow:
    """Row `number` of the file with its values by canonical field, and the chunk it was in."""

    chunk: Chunk
    number: int
    values: Mapping[str, str]


class RowIndex:
    """Rows in little memory: two digests a row, and the values of the last few chunks."""

    def __init__(self, chunks: Sequence[Chunk]) -> None:
        self._chunks = chunks
        self._ends = list(accumulate(chunk.rows for chunk in chunks))
        self._keys = SeenInMemory()
        self._parsed = lru_cache(maxsize=PARSED_CHUNKS)(self._parse)
        for place, _ in enumerate(chunks):
            self._remember(place)

    def of(self, lead: Values) -> IndexedRow | None:
        """The row a lead came from; by its e-mail first, then its profile, then its name."""
        for key in lead_keys(lead):
            if ordinal := self._keys.first(key):
                return self._row(ordinal - 1)
        return None

    def __contains__(self, lead: Values) -> bool:
        return any(self._keys.first(key) for key in lead_keys(lead))

    def _remember(self, place: int) -> None:
        before = self._ends[place] - self._chunks[place].rows
        for offset, values in enumerate(_values(self._chunks[place])):
            for key in row_keys(values):
                self._keys.remember(key, before + offset + 1)

    def _row(self, ordinal: int) -> IndexedRow:
        place = bisect_right(self._ends, ordinal)
        chunk = self._chunks[place]
        offset = ordinal - self._ends[place] + chunk.rows
        numbers, values = self._parsed(place)
        return IndexedRow(chunk, numbers[offset], values[offset])

    def _parse(self, place: int) -> tuple[list[int], list[dict[str, str]]]:
        chunk = self._chunks[place]
        return unpack_rows(chunk.row_numbers), _values(chunk)


def _values(chunk: Chunk) -> list[dict[str, str]]:
    packed = ChunkBody.objects.values_list("packed_csv", flat=True).get(chunk=chunk)
    text = zlib.decompress(packed).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))
