"""Lead rows: making them, and reading a list's leads page by page."""

from __future__ import annotations

import hashlib
import sqlite3
import uuid
from collections.abc import Iterable, Mapping, Sequence

from sandbox.imports import Row
from sandbox.outcomes import Found, Identity

COLUMNS = (
    "lead_id", "first_name", "last_name", "full_name", "email", "phone", "title",
    "company", "location", "linkedin_url", "provider",
)  # fmt: skip
STORED = (*COLUMNS, "organization_id", "domain", "is_enriched")
Values = tuple[object, ...]


def uuid_for(seed: int, what: str, number: int) -> str:
    """A deterministic UUID: the same seed and number give the same id."""
    raw = hashlib.blake2b(f"{seed}:{what}:{number}".encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=raw, version=4))


def next_id(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'leads'").fetchone()
    return (row["seq"] if row else 0) + 1


def insert(
    db: sqlite3.Connection,
    seed: int,
    list_id: str,
    organization_id: str,
    rows: Iterable[Values],
) -> list[int]:
    """Add leads (values of COLUMNS after lead_id, then domain, is_enriched) to a list."""
    first = next_id(db)
    stored = [
        (first + at, uuid_for(seed, "lead", first + at), *row[:-2], organization_id, *row[-2:])
        for at, row in enumerate(rows)
    ]
    places = ", ".join("?" * (len(STORED) + 1))
    db.executemany(
        f"INSERT INTO leads (id, {', '.join(STORED)}) VALUES ({places})",  # noqa: S608
        stored,
    )
    ids = [first + at for at in range(len(stored))]
    join(db, list_id, ids)
    return ids


def join(db: sqlite3.Connection, list_id: str, ids: Sequence[int]) -> None:
    """Make leads members of a list; those that are stay where they are."""
    db.executemany(
        "INSERT OR IGNORE INTO memberships (list_id, lead) VALUES (?, ?)",
        [(list_id, lead) for lead in ids],
    )


def values_of(row: Row) -> Values:
    """An imported row as lead values: what the file gave, nothing found yet."""
    first, last = row.get("first_name"), row.get("last_name")
    place = [row[name] for name in ("city", "state", "country") if row.get(name)]
    phone = row.get("phone") or row.get("mobile_phone") or row.get("work_phone")
    return (
        first or None,
        last or None,
        row.get("full_name") or f"{first or ''} {last or ''}".strip() or None,
        row.get("email") or None,
        phone or None,
        row.get("job_title") or None,
        row.get("company_name") or None,
        ", ".join(place) or None,
        row.get("linkedin_url") or None,
        None,
        row.get("company_domain") or None,
        0,
    )


def enrich(db: sqlite3.Connection, found: Iterable[tuple[Found, int]]) -> None:
    """Fill what was found into the leads; what the file gave stays."""
    db.executemany(
        "UPDATE leads SET email = coalesce(email, ?), phone = coalesce(phone, ?),"
        " linkedin_url = coalesce(linkedin_url, ?), provider = ?, is_enriched = 1"
        " WHERE id = ?",
        [
            (each.email, each.phone, each.linkedin_url, each.provider, lead)
            for each, lead in found
            if not each.is_miss
        ],
    )


def change(db: sqlite3.Connection, lead_id: str, changes: Mapping[str, object]) -> int:
    """Set columns of a lead; how many leads that changed."""
    return sum(
        db.execute(
            f"UPDATE leads SET {column} = ? WHERE lead_id = ?",  # noqa: S608
            (changes[column], lead_id),
        ).rowcount
        for column in COLUMNS[1:]
        if column in changes
    )


def identity(row: sqlite3.Row) -> Identity:
    return Identity(
        row["first_name"],
        row["last_name"],
        row["full_name"],
        row["email"],
        row["company"],
        row["domain"],
        row["linkedin_url"],
    )


def page(
    db: sqlite3.Connection, list_id: str, after: int, limit: int
) -> tuple[list[sqlite3.Row], int | None]:
    """Up to `limit` leads after position `after`, and the position to go on from."""
    rows = db.execute(
        f"SELECT m.position, l.domain, l.{', l.'.join(COLUMNS)}"  # noqa: S608
        " FROM memberships m JOIN leads l ON l.id = m.lead"
        " WHERE m.list_id = ? AND m.position > ? ORDER BY m.position LIMIT ?",
        (list_id, after, limit + 1),
    ).fetchall()
    more = rows[limit - 1]["position"] if len(rows) > limit else None
    return rows[:limit], more


def reachable(
    db: sqlite3.Connection, organization_id: str, lead_ids: Sequence[str]
) -> dict[str, int]:
    """Lead id to row id, of those that belong to the organization."""
    places = ", ".join("?" * len(lead_ids))
    rows = db.execute(
        "SELECT lead_id, id FROM leads WHERE organization_id = ?"  # noqa: S608
        f" AND lead_id IN ({places})",
        (organization_id, *lead_ids),
    )
    return {row["lead_id"]: row["id"] for row in rows}


def is_member(db: sqlite3.Connection, list_id: str, lead: int) -> bool:
    known = "SELECT 1 FROM memberships WHERE list_id = ? AND lead = ?"
    return db.execute(known, (list_id, lead)).fetchone() is not None


def leave(db: sqlite3.Connection, list_id: str, lead: int) -> bool:
    """End a membership; true when there was one."""
    gone = "DELETE FROM memberships WHERE list_id = ? AND lead = ?"
    return db.execute(gone, (list_id, lead)).rowcount > 0


def by_id(db: sqlite3.Connection, organization_id: str, lead_id: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = db.execute(
        "SELECT * FROM leads WHERE organization_id = ? AND lead_id = ?",
        (organization_id, lead_id),
    ).fetchone()
    return row


def ids_of(db: sqlite3.Connection, list_id: str) -> list[int]:
    """The row ids of a list's leads, in the order they came."""
    rows = db.execute(
        "SELECT lead FROM memberships WHERE list_id = ? ORDER BY position", (list_id,)
    )
    return [row["lead"] for row in rows]
