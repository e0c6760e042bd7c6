"""Delimiter and quote: each pair reads the sample, the tidiest table wins."""

from __future__ import annotations

import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Final

from imports.core.cells import Kind, kind_of
from imports.core.dialect import Dialect
from imports.core.records import Records

_USUAL: Final = ",;\t|"
_RARE: Final = ":^~\x1f\x01 "  # only where the table is next to perfect
_RARE_WEIGHT: Final = 0.5
_RARE_REGULARITY: Final = 0.95
_SAMPLE: Final = 16_000  # characters
_MANY: Final = 100  # records
_CELLS: Final = 800
_PATIENCE: Final = 0.02  # what is damaged here need not be read, only told apart

_SEPARATOR_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[\r\n]", re.IGNORECASE)
_SINGLE_QUOTED = re.compile(r"(?:^|[,;\t|])[ ]?'[^'\r\n]*'(?=[,;\t|\r\n]|\Z)", re.MULTILINE)
_JUNK = re.compile(r"[,;|](?! )|\t|^[\"']|[\"']$")


@dataclass(frozen=True, slots=True)
class Separators:
    delimiter: str
    quotechar: str
    confidence: float
    note: str = ""


def find_separators(text: str) -> Separators:
    """The delimiter and quote of a sample. Never raises; a list has the comma, unsure."""
    quotes = "\"'" if len(_SINGLE_QUOTED.findall(text[:_SAMPLE])) > 1 else '"'
    if named := _SEPARATOR_LINE.match(text):
        note = "The file's first line names the delimiter."
        return Separators(named[1], '"', 1.0, note)
    sample = _whole_lines(text[:_SAMPLE])
    scores = {
        (delimiter, quote): _tidiness(sample, delimiter, quote)
        for delimiter in _USUAL + _RARE
        for quote in quotes
        if delimiter in sample
    }
    best = max(scores, key=lambda pair: scores[pair], default=(",", '"'))
    if not scores.get(best):
        return Separators(",", '"', 0.6, "The file has one column.")
    others = [score for (delimiter, _), score in scores.items() if delimiter != best[0]]
    rival = max(others, default=0.0) / scores[best]
    return Separators(*best, round(1 - rival / 2, 2))


def _whole_lines(sample: str) -> str:
    """Without a last line that may be cut, if there is another."""
    end = max(sample.rfind("\n"), sample.rfind("\r"))
    is_cut = len(sample) == _SAMPLE and end > 0
    return sample[: end + 1] if is_cut else sample


def _tidiness(sample: str, delimiter: str, quotechar: str) -> float:
    """How much the sample looks like a table when read so; 0 where it has one column."""
    stream = io.BytesIO(sample.encode(errors="replace"))
    dialect = Dialect("utf-8", delimiter, quotechar)
    records = islice(Records(stream, dialect, _PATIENCE), _MANY)
    rows = [record.cells for record in records if any(map(str.strip, record.cells))]
    widths = Counter(map(len, rows))
    del widths[1]
    if not widths:
        return 0.0
    width = max(widths, key=lambda w: widths[w] * (w - 1))
    regular = widths[width] / len(rows)
    if delimiter in _RARE and (regular < _RARE_REGULARITY or len(rows) < 2):
        return 0.0
    every = (cell for row in rows if len(row) == width for cell in row)
    cells = list(islice(every, _CELLS))
    clean = sum(map(_is_clean, cells)) / len(cells)
    weight = _RARE_WEIGHT if delimiter in _RARE else 1.0
    return weight * regular * (1 - 1 / (width + 1)) * clean * clean


def _is_clean(cell: str) -> bool:
    """Nothing in the cell suggests that it should have been split or unquoted."""
    return kind_of(cell) is not Kind.TEXT or not _JUNK.search(cell.strip())
