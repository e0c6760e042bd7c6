"""The append-only list of every effect, which the tests compare with what the portal says."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping

from sandbox.clock import iso

Entry = Mapping[str, object]


def record(db: sqlite3.Connection, now: float, kind: str, **body: object) -> None:
    record_all(db, now, kind, (body,))


def record_all(db: sqlite3.Connection, now: float, kind: str, bodies: Iterable[Entry]) -> None:
    at = iso(now)
    db.executemany(
        "INSERT INTO ledger (at, kind, body) VALUES (?, ?, ?)",
        ((at, kind, json.dumps(body, ensure_ascii=False)) for body in bodies),
    )


def as_json(db: sqlite3.Connection, after: int, kind: str | None, limit: int | None) -> str:
    """`{"entries": [...], "last": n}` as text; entries are never parsed on the way."""
    rows = db.execute(
        "SELECT n, at, kind, body FROM ledger"
        " WHERE n > :after AND (:kind IS NULL OR kind = :kind) ORDER BY n LIMIT :limit",
        {"after": after, "kind": kind, "limit": -1 if limit is None else limit},
    )
    entries = [_entry(row) for row in rows]
    last = db.execute("SELECT coalesce(max(n), 0) FROM ledger").fetchone()[0]
    return f'{{"entries": [{", ".join(entries)}], "last": {last}}}'


def _entry(row: sqlite3.Row) -> str:
    head = f'{{"n": {row["n"]}, "at": "{row["at"]}", "kind": "{row["kind"]}"'
    rest: str = row["body"][1:]
    return head + (", " if rest != "}" else "") + rest
