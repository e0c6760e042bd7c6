"""Detection beside csv.Sniffer on a folder of CSV files: `python -m bench.detection FOLDER`.

FOLDER holds checkouts of csv-spectrum, csvlint, csvkit-examples and frictionless-py's data.
What is true of each file was set by looking at it; a file not named below is UTF-8 with
commas, double quotes and the header in row 1.
"""

from __future__ import annotations

import csv
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from imports.core.outcomes import UnreadableFile
from imports.core.sniff import sniff_stream

DELIMITERS = {
    ";": "accent country-2 delimiter issue-1009-semicolon issue-1100 issue-1105-timezone "
    "issue-1138 issue-1232 table-delimiter table-with-accents vix sniff_limit",
    "|": "dialect issue-1478/table",
    "\t": "dummy.tsv table.tsv",
}
QUOTES = {"#": "dialect"}
ENCODINGS = {
    "utf-8-sig": "bom test_utf8_bom",
    "utf-16": "test_utf16_big test_utf16_little",
    "iso8859-1": "latin1 test_latin1 table-with-accents invalid-byte-sequence",
    "iso8859-7": "table-infer-iso-8859-7",
}
HEADER_ROWS = {
    0: "no_header_row no_header_row2 no_header_row3 join_no_header_row issue-1478/table "
    "chunk2.headless data/chunk3 without-headers without-headers-extra",
    2: "title-row countries country-2 matrix-with-comment skip-rows skip-rows-before-headers",
    3: "Datagov_FY10_EDU_recp_by_State",
    4: "bad_skip_lines test_skip_lines",
}

T = TypeVar("T")


@dataclass(frozen=True)
class Truth:
    delimiter: str
    quotechar: str
    encoding: str
    header_row: int


def main(folder: str) -> None:
    files = [path for path in sorted(Path(folder).rglob("*.[ct]sv")) if _is_table(path)]
    right = {"ours": [0, 0, 0, 0], "csv.Sniffer": [0, 0, 0, 0]}
    slowest = 0.0
    for path in files:
        truth = truth_of(path)
        started = time.process_time()
        ours = _ours(path, truth)
        slowest = max(slowest, time.process_time() - started)
        _add(right["ours"], ours)
        _add(right["csv.Sniffer"], _sniffer(path, truth))
        if not all(ours):
            print(f"  wrong: {path.relative_to(folder)} {_named(ours)}")
    print(f"\nTold right, of {len(files)} files\n")
    print(f"{'':>12} {'delimiter':>10} {'quote':>8} {'encoding':>9} {'header':>8}")
    for name, counts in right.items():
        shares = [f"{count / len(files):.1%}" for count in counts]
        print(f"{name:>12} {shares[0]:>10} {shares[1]:>8} {shares[2]:>9} {shares[3]:>8}")
    print(f"\nslowest file: {slowest * 1000:.0f} ms of processor time")


def _is_table(path: Path) -> bool:
    """Not empty, and not an archive that is called .csv."""
    body = path.read_bytes()
    return bool(body.strip()) and not body.startswith((b"PK", b"\x1f\x8b"))


def truth_of(path: Path) -> Truth:
    return Truth(
        delimiter=_found(DELIMITERS, path, ","),
        quotechar=_found(QUOTES, path, '"'),
        encoding=_found(ENCODINGS, path, "utf-8"),
        header_row=_found(HEADER_ROWS, path, 1),
    )


def _found(table: dict[T, str], path: Path, default: T) -> T:
    names = {path.name, path.stem, f"{path.parent.name}/{path.stem}"}
    return next((key for key, listed in table.items() if names & set(listed.split())), default)


def _add(counts: list[int], right: list[bool]) -> None:
    for place, is_right in enumerate(right):
        counts[place] += is_right


def _named(right: list[bool]) -> str:
    names = ("delimiter", "quote", "encoding", "header row")
    return ", ".join(name for name, is_right in zip(names, right, strict=True) if not is_right)


def _ours(path: Path, truth: Truth) -> list[bool]:
    try:
        with path.open("rb") as stream:
            dialect = sniff_stream(stream).dialect
    except UnreadableFile:
        return [False] * 4
    body = path.read_bytes()
    return [
        _splits_alike(body, truth, dialect.delimiter),
        dialect.quotechar == truth.quotechar,
        body.decode(dialect.encoding, "replace") == body.decode(truth.encoding, "replace"),
        dialect.header_row == truth.header_row,
    ]


def _sniffer(path: Path, truth: Truth) -> list[bool]:
    """csv.Sniffer is given the text in the right encoding: it knows nothing of bytes."""
    body = path.read_bytes()
    text = body.decode(truth.encoding, "replace")
    try:
        found = csv.Sniffer().sniff(text)
        has_header = csv.Sniffer().has_header(text)
    except csv.Error:
        return [False, False, True, False]
    return [
        _splits_alike(body, truth, found.delimiter),
        found.quotechar == truth.quotechar,
        True,
        has_header == (truth.header_row > 0) and truth.header_row < 2,
    ]


def _splits_alike(body: bytes, truth: Truth, delimiter: str) -> bool:
    """In a file of one column any delimiter that is not in it will do."""
    text = body.decode(truth.encoding, "replace")
    return delimiter == truth.delimiter or (
        truth.delimiter not in text and delimiter not in text
    )


if __name__ == "__main__":
    main(sys.argv[1])
