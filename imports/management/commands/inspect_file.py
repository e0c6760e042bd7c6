"""`manage.py inspect_file`: what an import would make of files, without importing them."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Any, BinaryIO

from django.conf import settings
from django.core.management.base import BaseCommand

from imports.core.check import CheckSums, SkippedRow, check
from imports.core.columns import column_labels, mapping_of, match_columns
from imports.core.dialect import Dialect
from imports.core.encodings import ENCODINGS
from imports.core.outcomes import FIELDS, UnreadableFile
from imports.core.plan import Caps, encode_row
from imports.core.sniff import sniff_stream
from imports.core.table import read_table

SAMPLES = 100  # rows that help to match columns
LONGEST_VALUE = 500  # characters of a skipped row's cell
SHOWN_SKIPS = 20  # in the output for people; --json has all

DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "pipe", " ": "space"}


class Command(BaseCommand):
    """Exit code 1 if any file could not be read; the others are inspected all the same."""

    help = "Show how files are read and judged: encoding, delimiter, columns, rows, skips."
    requires_system_checks: list[str] = []
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument(
            "--clean",
            metavar="DIR",
            type=Path,
            help="write each parsed table as UTF-8 CSV with commas, under the same name",
        )

    def handle(self, *, files: list[Path], **options: Any) -> None:
        failed = False
        for path in files:
            found = inspect(path, options["clean"])
            failed = failed or "error" in found
            self.stdout.write(json.dumps(found) if options["json"] else in_words(found))
        if failed:
            sys.exit(1)


def inspect(path: Path, clean: Path | None) -> dict[str, Any]:
    """The command's JSON for one file; `file` and `error` alone if it can't be read."""
    try:
        _refuse_own_folder(path, clean)
        with path.open("rb") as stream:
            dialect = sniff_stream(stream).dialect
            found = _judged(path, stream, dialect)
            if clean:
                _write_clean(stream, dialect, clean / path.name)
    except UnreadableFile as problem:
        return {"file": str(path), "error": problem.sentence}
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        return {"file": str(path), "error": f"The file can't be opened: {reason}."}
    return found


def _refuse_own_folder(path: Path, clean: Path | None) -> None:
    """A cleaned table must not overwrite the file it is read from."""
    if clean and path.exists() and clean.resolve() == path.resolve().parent:
        raise UnreadableFile("--clean would overwrite this file: choose another folder.")


def _judged(path: Path, stream: BinaryIO, dialect: Dialect) -> dict[str, Any]:
    table = read_table(stream, dialect)
    samples = [row.cells for row in islice(table, SAMPLES)]
    mapping = mapping_of(match_columns(table.header, samples))
    skips: list[dict[str, Any]] = []
    stream.seek(0)
    caps = Caps(settings.CHUNK_MAX_ROWS, settings.CHUNK_MAX_BYTES)
    sums = check(
        stream,
        dialect,
        mapping,
        caps,
        on_skip=lambda skip: skips.append(_skip(skip, table.header)),
    )
    return {
        "file": str(path),
        "encoding": dialect.encoding,
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quotechar,
        "header_row": dialect.header_row,
        "columns": list(table.header),
        "mapping": {field: table.header[column] for field, column in mapping.items()},
        "rows": _rows(sums),
        "skip_reasons": {str(r): n for r, n in sorted(sums.skip_reasons.items())},
        "skips": skips,
    }


def _rows(sums: CheckSums) -> dict[str, int]:
    return {
        "in": sums.rows_in,
        "blank": sums.blank,
        "ready": sums.ready,
        "skipped": sums.skipped,
    }


def _skip(skip: SkippedRow, header: tuple[str, ...]) -> dict[str, Any]:
    is_known = skip.column is not None and skip.column < len(header)
    return {
        "row": skip.number,
        "reason": str(skip.reason),
        "column": header[skip.column or 0] if is_known else None,
        "value": skip.value[:LONGEST_VALUE],
    }


def _write_clean(stream: BinaryIO, dialect: Dialect, target: Path) -> None:
    """Header and every row that is not an empty line, as the file's columns have them."""
    stream.seek(0)
    table = read_table(stream, dialect)
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.open("wb") as clean:
        for cells in chain([table.header], (row.cells for row in table if row.cells)):
            clean.write(encode_row(cells))


def in_words(found: dict[str, Any]) -> str:
    """The same for a person."""
    if "error" in found:
        return f"{found['file']}\n  {found['error']}\n"
    return "\n".join([found["file"], *(f"  {line}" for line in _lines(found)), ""])


def _lines(found: dict[str, Any]) -> Iterator[str]:
    rows = found["rows"]
    encoding = ENCODINGS.get(found["encoding"], found["encoding"])
    delimiter = DELIMITERS.get(found["delimiter"], found["delimiter"])
    header = f"header in row {found['header_row']}" if found["header_row"] else "no header"
    yield f"{encoding}, {delimiter}, quotes {found['quotechar']}, {header}"
    yield f"Columns: {', '.join(column_labels(found['columns']))}"
    for field, column in found["mapping"].items():
        yield f"  {FIELDS[field]} from “{column}”"
    yield (
        f"Rows: {rows['in']} in the file, {rows['blank']} blank, "
        f"{rows['ready']} ready, {rows['skipped']} skipped"
    )
    for reason, count in found["skip_reasons"].items():
        yield f"  {reason}: {count}"
    for skip in found["skips"][:SHOWN_SKIPS]:
        where = f" ({skip['column']}: {skip['value']})" if skip["column"] else ""
        yield f"  row {skip['row']}: {skip['reason']}{where}"
    if len(found["skips"]) > SHOWN_SKIPS:
        yield f"  … and {len(found['skips']) - SHOWN_SKIPS} more; --json names them all"
