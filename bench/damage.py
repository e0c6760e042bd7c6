"""One stray quote in one cell: in how many files does it harm another row?"""

from __future__ import annotations

import csv
import io
import tempfile
from pathlib import Path

from bench.people import write_people
from imports.core.dialect import Dialect
from imports.core.table import read_table

ROWS = 40


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "people.csv"
        write_people(path, ROWS)
        records = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))
    spoilt = [(row, _spoil(records, row, col)) for row in range(1, ROWS) for col in range(12)]
    print(f"Share of {len(spoilt)} files with one stray quote whose other rows are unharmed\n")
    for name, reader in {"csv.reader": _plain, "ours": _ours}.items():
        whole = sum(_others_unharmed(records, row, reader(body)) for row, body in spoilt)
        print(f"{name:>12} {whole / len(spoilt):>7.1%}")
    print()


def _spoil(records: list[list[str]], row: int, column: int) -> bytes:
    """The file with one quote more, before the text of a cell as it is written."""
    lines = []
    for number, cells in enumerate(records):
        written = [_written(cell) for cell in cells]
        if number == row:
            written[column] = '"' + written[column]
        lines.append(",".join(written))
    return "\r\n".join([*lines, ""]).encode()


def _written(cell: str) -> str:
    text = io.StringIO(newline="")
    csv.writer(text).writerow([cell, ""])
    return text.getvalue().removesuffix(",\r\n")


def _plain(body: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]


def _ours(body: bytes) -> list[list[str]]:
    return [row.cells for row in read_table(io.BytesIO(body), Dialect())]


def _others_unharmed(records: list[list[str]], row: int, read: list[list[str]]) -> bool:
    others = [cells for n, cells in enumerate(records[1:], 1) if n != row]
    return [cells for cells in read if cells in others] == others


if __name__ == "__main__":
    main()
