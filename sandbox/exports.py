"""Export files: which columns there are, the CSV, and its signed link."""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import secrets
import sqlite3
from collections.abc import Sequence

from sandbox import errors, leads
from sandbox.auth import ApiRequest

KEPT = 24 * 60 * 60
# Export name -> name in the lead row.
COLUMNS = {
    "lead_id": "lead_id",
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "title": "title",
    "company": "company",
    "domain": "domain",
    "linkedin_url": "linkedin_url",
    "phone": "phone",
    "location": "location",
}
ALSO = {
    "full_name": "full_name",
    "company_domain": "domain",
    "provider": "provider",
    "job_title": "title",
}


def check_columns(columns: Sequence[str] | None) -> list[str]:
    """The columns to export, in order; 400 for one that does not exist."""
    if not columns:
        return list(COLUMNS)
    unknown = [name for name in columns if name not in COLUMNS and name not in ALSO]
    if unknown:
        raise errors.invalid(
            f"'{unknown[0]}' is not a column that can be exported.",
            details={"unknown": unknown, "known": [*COLUMNS, *ALSO]},
        )
    return list(columns)


def project(row: sqlite3.Row, columns: Sequence[str]) -> dict[str, object]:
    return {name: row[COLUMNS.get(name) or ALSO[name]] for name in columns}


def write_csv(
    db: sqlite3.Connection, list_id: str, columns: Sequence[str]
) -> tuple[bytes, int]:
    """The whole list as UTF-8 CSV, and its number of data rows."""
    rows, _ = leads.page(db, list_id, 0, 10**9)
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows(project(row, columns).values() for row in rows)
    return text.getvalue().encode(), len(rows)


def keep(request: ApiRequest, body: bytes) -> tuple[str, float]:
    """Store the file; its signed path and when it expires."""
    export_id, expires = secrets.token_hex(8), request.clock.now + KEPT
    request.db.execute("DELETE FROM exports WHERE expires < ?", (request.clock.now,))
    request.db.execute("INSERT INTO exports VALUES (?, ?, ?)", (export_id, body, expires))
    return (
        f"/files/{export_id}.csv?exp={int(expires)}&sig={_sign(export_id, expires)}",
        expires,
    )


def fetch(
    db: sqlite3.Connection, now: float, export_id: str, exp: str, signature: str
) -> bytes | None:
    """The stored file, when link and time are right."""
    row = db.execute(
        "SELECT body, expires FROM exports WHERE export_id = ? AND expires > ?",
        (export_id, now),
    ).fetchone()
    if row is None or exp != str(int(row["expires"])):
        return None
    is_ours = hmac.compare_digest(signature, _sign(export_id, row["expires"]))
    return bytes(row["body"]) if is_ours else None


def _sign(export_id: str, expires: float) -> str:
    text = f"{export_id}:{int(expires)}".encode()
    return hmac.new(b"sandbox export", text, hashlib.sha256).hexdigest()[:32]
