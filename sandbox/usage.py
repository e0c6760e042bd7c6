"""The usage report, counted from the ledger's request entries."""

from __future__ import annotations

import sqlite3
from typing import Any

from sandbox.auth import KEYS, ApiRequest
from sandbox.clock import iso

GROUPS = {
    "tool": "json_extract(body, '$.path')",
    "key": "json_extract(body, '$.key')",
    "day": "substr(at, 1, 10)",
    "error": "'HTTP ' || json_extract(body, '$.status')",
}


def report(request: ApiRequest, days: int, group_by: str) -> list[dict[str, Any]]:
    """One row a group: calls and errors of the organization in the last `days`."""
    ours = [key for key in KEYS if key.person.organization == request.person.organization]
    only_errors = "AND json_extract(body, '$.status') >= 400" if group_by == "error" else ""
    rows = request.db.execute(
        f"SELECT {GROUPS[group_by]} AS label, count(*) AS calls,"  # noqa: S608
        " sum(json_extract(body, '$.status') >= 400) AS errors FROM ledger"
        f" WHERE kind = 'request' AND at >= ? {only_errors}"
        f" AND json_extract(body, '$.key') IN ({', '.join('?' * len(ours))})"
        " GROUP BY 1 ORDER BY calls DESC, 1",
        (iso(request.clock.now - days * 86_400), *(key.secret for key in ours)),
    )
    names = {key.secret: key.key_id for key in ours}
    return [
        {
            "group": names.get(row["label"], row["label"]),
            "calls": row["calls"],
            "credits_spent": 0.0,
            "errors": row["errors"],
        }
        for row in rows
    ]


def last_used(db: sqlite3.Connection) -> dict[str, str]:
    """Key to the time of its last call."""
    rows = db.execute(
        "SELECT json_extract(body, '$.key') AS secret, max(at) AS at FROM ledger"
        " WHERE kind = 'request' GROUP BY 1"
    )
    return {row["secret"]: row["at"] for row in rows}
