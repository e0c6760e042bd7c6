"""Values that rows go without: said before the start, and given back as a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imports.core.outcomes import FIELDS
from imports.core.plan import unpack_rows
from imports.core.report import ProblemLine, write_report
from imports.core.rows import Judge
from imports.core.seen import SeenInMemory
from imports.core.table import read_table
from imports.models import Chunk, Run
from imports.services.mapping import dialect_of
from imports.services.storage import stored_path

REASON = "value_left_out"


@dataclass(frozen=True)
class LeftOutField:
    """`rows` of the plan go without `label`; up to three of them as (row, value)."""

    label: str
    rows: int
    samples: list[tuple[int, str]]


def left_out_of(run: Run) -> list[LeftOutField]:
    """What the check found, in the order of the fields."""
    found = ((FIELDS[name], run.left_out[name]) for name in FIELDS if name in run.left_out)
    return [
        LeftOutField(label, noted["rows"], [(row, value) for row, value in noted["samples"]])
        for label, noted in found
    ]


def left_out_file(run: Run) -> Iterator[bytes]:
    """Each value left out of a row that goes, as CSV like that of the rows left out.

    Reads the uploaded file anew; nothing but the header once its contents were deleted.
    """
    return write_report(tuple(run.headers), () if run.pruned_at else _lines(run))


def _lines(run: Run) -> Iterator[ProblemLine]:
    planned = Chunk.objects.of_plan(run).values_list("row_numbers", flat=True)
    going = {row for packed in planned for row in unpack_rows(packed)}
    judge = Judge(run.mapping, SeenInMemory())
    with stored_path(run).open("rb") as file:
        for row in read_table(file, dialect_of(run)):
            if row.number not in going:
                continue
            for field, _, value in judge.left_out(row.cells, judge.values(row.cells)):
                why = f"The row goes without its {FIELDS[field].lower()} “{value[:200]}”."
                yield ProblemLine(row.number, REASON, None, tuple(row.cells), why)
