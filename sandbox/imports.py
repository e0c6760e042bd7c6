"""The rules of csv-import: what a row needs, what counts as a duplicate, both caps."""

from __future__ import annotations

import base64
import binascii
import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Literal, get_args

from sandbox import errors

MAX_BYTES, MAX_ROWS, MAX_SAMPLES = 150_000, 600, 10

Field = Literal[
    "first_name",
    "last_name",
    "full_name",
    "email",
    "phone",
    "mobile_phone",
    "work_phone",
    "linkedin_url",
    "company_name",
    "company_domain",
    "job_title",
    "city",
    "state",
    "country",
]
FIELDS: tuple[str, ...] = get_args(Field)
Row = dict[str, str]

csv.field_size_limit(MAX_BYTES)

LINKEDIN = re.compile(r"linkedin\.[a-z.]+/(?:in|pub)/([^/?#\s]+)", re.IGNORECASE)


@dataclass
class Parsed:
    """One judged upload: the rows to import and why the others stay out."""

    rows_parsed: int = 0
    rows: list[Row] = field(default_factory=list)
    skip_reasons: Counter[str] = field(default_factory=Counter)
    sample_skip_rows: list[int] = field(default_factory=list)

    def skip(self, number: int, reason: str) -> None:
        """Leave row `number` out; the header is row 1."""
        self.skip_reasons[reason] += 1
        if len(self.sample_skip_rows) < MAX_SAMPLES:
            self.sample_skip_rows.append(number)


def decode(csv_content_base64: str) -> list[list[str]]:
    """The records of an upload, header first; raises 400 or 413."""
    try:
        raw = base64.b64decode(csv_content_base64, validate=True)
    except (binascii.Error, ValueError):
        raise _unreadable("csv_content_base64 is not valid base64.") from None
    if len(raw) > MAX_BYTES:
        raise errors.too_large(
            f"The CSV has {len(raw)} bytes; {MAX_BYTES} is the most.", bytes=len(raw)
        )
    try:
        records = list(
            csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), strict=True)
        )
    except (UnicodeDecodeError, csv.Error) as error:
        raise _unreadable(f"The CSV can't be read: {error}.") from None
    if len(records) - 1 > MAX_ROWS:
        raise errors.too_large(
            f"The CSV has {len(records) - 1} rows; {MAX_ROWS} is the most.",
            rows=len(records) - 1,
        )
    if not records:
        raise _unreadable("The CSV is empty.")
    return records


def judge(records: list[list[str]], mapping: dict[str, str], room: int) -> Parsed:
    """Map and judge every record; at most `room` rows may land in the list."""
    columns = _columns([name.strip() for name in records[0]], mapping)
    parsed = Parsed(rows_parsed=len(records) - 1)
    emails: set[str] = set()
    profiles: set[str] = set()
    for number, cells in enumerate(records[1:], start=2):
        row = {name: cells[at].strip() for name, at in columns.items() if at < len(cells)}
        reason = _reason(row, emails, profiles) or (
            "row_cap_exceeded" if len(parsed.rows) >= room else None
        )
        if reason is not None:
            parsed.skip(number, reason)
            continue
        emails.add(row.get("email", "").lower())
        profiles.add(canonical_linkedin(row.get("linkedin_url", "")))
        parsed.rows.append(row)
    return parsed


def canonical_linkedin(url: str) -> str:
    """`linkedin.com/in/<slug>`, whatever the host, case or query; else the text itself."""
    match = LINKEDIN.search(url)
    if match is None:
        return url.strip().lower()
    return f"linkedin.com/in/{match[1].lower()}"


def has_enough(row: Row) -> bool:
    """sandbox choice: an e-mail, a profile, or a name with a company."""
    if row.get("email") or row.get("linkedin_url"):
        return True
    has_name = row.get("full_name") or (row.get("first_name") and row.get("last_name"))
    return bool(has_name and (row.get("company_name") or row.get("company_domain")))


def _reason(row: Row, emails: set[str], profiles: set[str]) -> str | None:
    if not has_enough(row):
        return "missing_required"
    if row.get("email") and row["email"].lower() in emails:
        return "duplicate_email"
    if row.get("linkedin_url") and canonical_linkedin(row["linkedin_url"]) in profiles:
        return "duplicate_linkedin"
    return None


def _columns(header: list[str], mapping: dict[str, str]) -> dict[str, int]:
    missing = [name for name in mapping.values() if name.strip() not in header]
    if missing:
        raise errors.invalid(
            f"The CSV has no column named '{missing[0]}'.",
            code="missing_column",
            fix="Map only headers the CSV has.",
            details={"missing": missing, "headers": header},
        )
    return {name: header.index(column.strip()) for name, column in mapping.items()}


def _unreadable(problem: str) -> errors.ApiFault:
    return errors.invalid(problem, code="invalid_csv", fix="Send a UTF-8 CSV as base64.")
