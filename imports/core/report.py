"""The rows left out, as a file a person mends and uploads again."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from imports.core.outcomes import SkipReason

# What a spreadsheet may take for a formula, full-width forms and leading blanks included.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n]")
# Where a spreadsheet set to another separator would begin a cell: Excel in most of Europe
# splits at semicolons, and minds quotes only where a cell begins.
_PIECES = re.compile(r"([;\t\r\n])")
_INNER_FORMULA = re.compile(r"['\"\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[+-]?\d[\d.,]*%?")
_PHONE = re.compile(r"\+(?:[\s().\-/]*\d){6,15}")

_BOM: Final = "\ufeff"  # without it Excel garbles accents


@dataclass(frozen=True)
class ProblemLine:
    """A row left out: its number in the file, the reason, and its cells as they were.
    None of these but the reason for a line that says something of the file itself.

    `why`: a sentence, for a reason that no rule of the check gave, or what the rule found.
    """

    row: int | None
    reason: str
    first_row: int | None
    cells: tuple[str, ...]
    why: str = ""


def write_report(header: Sequence[str], lines: Iterable[ProblemLine]) -> Iterator[bytes]:
    """UTF-8 CSV, a piece at a time: the original columns, then row, reason and why.

    Cells beyond the header's width follow at the end, so that none is lost. Every cell is
    quoted, and what a spreadsheet would run as a formula is guarded, whether it separates
    by comma, semicolon or tab; `unguard` gives the cells back.
    """
    width = len(header)
    yield _BOM.encode() + _line([*header, "row", "reason", "why"])
    for line in lines:
        cells = [*line.cells, *[""] * (width - len(line.cells))]
        verdict = [str(line.row or ""), line.reason, _why(line)]
        yield _line([*cells[:width], *verdict, *cells[width:]])


def guard(cell: str) -> str:
    """`cell`, after an apostrophe if a spreadsheet would run it. Numbers and phones stay.

    The same for what follows a semicolon, tab or line break inside, where another
    spreadsheet would begin a cell.
    """
    first, *others = _PIECES.split(f"'{cell}" if _is_formula(cell) else cell)
    return first + "".join(f"'{p}" if _INNER_FORMULA.match(p) else p for p in others)


def unguard(cell: str) -> str:
    """The inverse of `guard`, for every text."""
    if "'" not in cell:
        return cell
    first, *others = _PIECES.split(cell)
    whole = first + "".join(p[1:] if _is_guarded(p) else p for p in others)
    return whole[1:] if whole.startswith("'") and _is_formula(whole[1:]) else whole


def _is_guarded(piece: str) -> bool:
    return piece.startswith("'") and bool(_INNER_FORMULA.match(piece, 1))


def _is_formula(cell: str) -> bool:
    return bool(_FORMULA.match(cell)) and not (
        _NUMBER.fullmatch(cell) or _PHONE.fullmatch(cell)
    )


def _why(line: ProblemLine) -> str:
    try:
        sentence = SkipReason(line.reason).sentence
    except ValueError:
        return line.why
    if line.first_row:
        return f"{sentence} That is row {line.first_row}."
    return f"{sentence} {line.why}".strip()


def _line(cells: Sequence[str]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, quoting=csv.QUOTE_ALL).writerow(map(guard, cells))
    return text.getvalue().encode(errors="replace")
