"""The second step: how the file is written, and which column goes to which field."""

from __future__ import annotations

import io
from dataclasses import asdict, dataclass, replace
from itertools import islice, takewhile

from imports.core.cells import is_spoilt
from imports.core.columns import ColumnMatch, match_columns
from imports.core.dialect import Dialect
from imports.core.headers import MOST_ROWS_ABOVE
from imports.core.outcomes import FIELDS, UnreadableFile
from imports.core.records import Records
from imports.core.sniff import SAMPLE_BYTES, sniff_stream
from imports.core.table import read_table
from imports.models import Run, RunState
from imports.services.storage import stored_path

PREVIEW_ROWS = 8
# Rows by which columns are matched: one blank or odd cell must not decide.
JUDGED_ROWS = 200
SAMPLES = 3
ROWS_ABOVE = 20
MAPPABLE = frozenset({RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED})


@dataclass(frozen=True)
class Preview:
    """The first rows as they will be read: header and rows of cells."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Column:
    """A column of the file: up to three samples, the field it goes to, and why.

    `spoilt`: up to three values, of the first rows, that a spreadsheet made unusable.
    """

    index: int
    header: str
    samples: tuple[str, ...]
    field: str
    why: str
    spoilt: tuple[str, ...]


@dataclass(frozen=True)
class RowAbove:
    """A record at the top of the file, as a person may want it for the header."""

    number: int
    cells: tuple[str, ...]


class BadMapping(Exception):
    """A mapping that can't be used; the text says why."""


def dialect_of(run: Run) -> Dialect:
    return Dialect(run.encoding, run.delimiter, run.quotechar, run.header_row)


def detect(run: Run) -> None:
    """Read the file's head, set dialect, headers and the suggested mapping on `run`.

    Parses the head only; the rest is looked at just to know its encoding. Does not save.
    Raises UnreadableFile.
    """
    with stored_path(run).open("rb") as file:
        sniffed = sniff_stream(file)
    _set_dialect(run, sniffed.dialect)
    run.detected = {
        "dialect": asdict(sniffed.dialect),
        "confidence": sniffed.confidence,
        "notes": list(sniffed.notes),
        "rows_above": sniffed.rows_above,
    }
    _read_columns(run)


def change_dialect(run: Run, dialect: Dialect) -> None:
    """Read the head anew as the person says it is written, and match columns anew.

    Raises UnreadableFile and leaves the run as it was; does nothing after the start.
    """
    if run.state not in MAPPABLE:
        return
    _set_dialect(run, dialect)
    _read_columns(run)
    _save_mapping(run)


def rows_above_header(run: Run) -> list[RowAbove]:
    """The rows above the detected header, if so many are full that a person must decide.

    The first 20 that are not blank; empty once somebody chose a header.
    """
    found = run.detected
    is_as_detected = found.get("dialect") == asdict(dialect_of(run))
    if found.get("rows_above", 0) <= MOST_ROWS_ABOVE or not is_as_detected:
        return []
    if found.get("is_header_chosen"):
        return []
    records = Records(io.BytesIO(_head(run)), dialect_of(run))
    above = takewhile(lambda record: record.number < run.header_row, records)
    full = (record for record in above if any(map(str.strip, record.cells)))
    return [RowAbove(row.number, tuple(row.cells)) for row in islice(full, ROWS_ABOVE)]


def choose_header(run: Run, row: int) -> None:
    """Make `row` the header because a person said so; the same row again only says so.

    Raises UnreadableFile and leaves the run as it was; does nothing after the start.
    """
    run.detected = run.detected | {"is_header_chosen": True}
    if row == run.header_row:
        Run.objects.filter(pk=run.pk, state__in=MAPPABLE).update(detected=run.detected)
    else:
        change_dialect(run, replace(dialect_of(run), header_row=row))


def change_mapping(run: Run, mapping: dict[str, int]) -> None:
    """Store field -> column index. Raises BadMapping in words for a person."""
    check_mapping(run, mapping)
    run.mapping = {field: mapping[field] for field in FIELDS if field in mapping}
    if run.state in MAPPABLE:
        _save_mapping(run)


def check_mapping(run: Run, mapping: dict[str, int]) -> None:
    if not mapping:
        raise BadMapping("No column is matched to a field, so nothing could be imported.")
    unknown = [field for field in mapping if field not in FIELDS]
    if unknown:
        raise BadMapping(f"“{unknown[0]}” is not a field of a lead.")
    for field, index in mapping.items():
        if not 0 <= index < len(run.headers):
            label = FIELDS[field]
            raise BadMapping(f"The column chosen for {label} is not in the file any more.")


def preview(run: Run, most: int = PREVIEW_ROWS) -> Preview:
    """The first rows under the run's dialect; reads at most 128 KB of the file."""
    table = read_table(io.BytesIO(_head(run)), dialect_of(run))
    rows = tuple(tuple(row.cells) for row in islice(iter(table), most))
    return Preview(table.header, rows)


def columns_of(run: Run, shown: Preview) -> list[Column]:
    """The file's columns with the run's mapping; unmatched ones have an empty field."""
    field_of = {index: field for field, index in run.mapping.items()}
    whys = {match["index"]: match for match in run.detected.get("matches", [])}
    spoilt = run.detected.get("spoilt", {})
    return [
        _column(
            index,
            header,
            shown,
            field_of.get(index, ""),
            whys.get(index),
            tuple(spoilt.get(str(index), ())),
        )
        for index, header in enumerate(run.headers)
    ]


def _column(
    index: int,
    header: str,
    shown: Preview,
    field: str,
    match: dict[str, str] | None,
    spoilt: tuple[str, ...],
) -> Column:
    cells = [row[index].strip() for row in shown.rows if index < len(row)]
    samples = tuple([cell for cell in cells if cell][:SAMPLES])
    suggested = match is not None and match["field"] == field
    why = match["why"] if match and suggested else ("your choice" if field else "")
    return Column(index, header, samples, field, why, spoilt)


def _set_dialect(run: Run, dialect: Dialect) -> None:
    run.encoding, run.delimiter = dialect.encoding, dialect.delimiter
    run.quotechar, run.header_row = dialect.quotechar, dialect.header_row


def _read_columns(run: Run) -> None:
    shown = preview(run, JUDGED_ROWS)
    if not shown.header:
        raise UnreadableFile("The file has no columns.")
    run.headers = list(shown.header)
    matches = match_columns(shown.header, shown.rows)
    run.mapping = {match.field: match.index for match in matches if match.field}
    found = {"matches": [_match(match) for match in matches], "spoilt": _spoilt(shown)}
    run.detected = run.detected | found


def _spoilt(shown: Preview) -> dict[str, list[str]]:
    """Up to three values a spreadsheet made unusable, by the column's index."""
    found: dict[str, list[str]] = {}
    for row in shown.rows:
        for index, cell in enumerate(row):
            is_suspect = "#" in cell or "+" in cell
            if (
                is_suspect
                and is_spoilt(cell)
                and len(found.setdefault(str(index), [])) < SAMPLES
            ):
                found[str(index)].append(cell.strip())
    return found


def _match(match: ColumnMatch) -> dict[str, object]:
    return {"index": match.index, "field": match.field or "", "why": match.why}


def _save_mapping(run: Run) -> None:
    """A changed reading of the file makes an earlier check worthless."""
    fields = ("encoding", "delimiter", "quotechar", "header_row", "headers", "mapping")
    changes = {name: getattr(run, name) for name in (*fields, "detected")}
    Run.objects.move(run.pk, MAPPABLE, RunState.UPLOADED, plan="", wake_at=None, **changes)
    run.refresh_from_db()


def _head(run: Run) -> bytes:
    with stored_path(run).open("rb") as file:
        return file.read(SAMPLE_BYTES)
