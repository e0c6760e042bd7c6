"""Lead lists: who may see which, and their live counts."""

from __future__ import annotations

import sqlite3
import uuid

from sandbox import errors
from sandbox.auth import PEOPLE, ApiRequest
from sandbox.clock import iso

ACCESSIBLE = (
    "organization_id = :organization_id AND NOT is_hidden AND (owner_id = :user_id"
    " OR visibility = 'organization' OR EXISTS (SELECT 1 FROM shares s"
    " WHERE s.list_id = lists.list_id AND s.user_id = :user_id))"
)


LEAD_COUNT = (
    "(SELECT count(*) FROM memberships m WHERE m.list_id = lists.list_id) AS lead_count"
)


def _caller(request: ApiRequest) -> dict[str, object]:
    return {"organization_id": request.organization_id, "user_id": request.person.user_id}


def accessible(request: ApiRequest, list_id: str) -> sqlite3.Row:
    """The list, when the caller may see it; else 404, as if it did not exist."""
    row: sqlite3.Row | None = request.db.execute(
        f"SELECT * FROM lists WHERE list_id = :list_id AND {ACCESSIBLE}",  # noqa: S608
        {"list_id": list_id, **_caller(request)},
    ).fetchone()
    if row is None:
        raise errors.not_found("The list")
    return row


def changeable(request: ApiRequest, list_id: str) -> sqlite3.Row:
    """The list, when the caller owns it (else 404) and it is not protected (else 403)."""
    row = accessible(request, list_id)
    if row["owner_id"] != request.person.user_id:
        raise errors.not_found("The list")
    if row["is_protected"]:
        raise errors.list_protected(row["name"])
    return row


def page(
    request: ApiRequest, folder_id: str | None, before: int | None, limit: int
) -> tuple[list[sqlite3.Row], int | None, int]:
    """Newest first: lists older than `before`, where to go on, and how many in all."""
    which = f"{ACCESSIBLE} AND (:folder_id IS NULL OR folder_id = :folder_id)"
    values = {"folder_id": folder_id, "before": before, "limit": limit + 1, **_caller(request)}
    total = request.db.execute(
        f"SELECT count(*) FROM lists WHERE {which}",  # noqa: S608
        values,
    ).fetchone()[0]
    rows = request.db.execute(
        f"SELECT *, {LEAD_COUNT} FROM lists WHERE {which}"  # noqa: S608
        " AND (:before IS NULL OR seq < :before) ORDER BY seq DESC LIMIT :limit",
        values,
    ).fetchall()
    more = rows[limit - 1]["seq"] if len(rows) > limit else None
    return rows[:limit], more, total


def size(db: sqlite3.Connection, list_id: str) -> int:
    count: int = db.execute(
        "SELECT count(*) FROM memberships WHERE list_id = ?", (list_id,)
    ).fetchone()[0]
    return count


def counts(db: sqlite3.Connection, list_id: str) -> tuple[int, int]:
    """How many leads a list has, and how many of them are enriched."""
    row = db.execute(
        "SELECT count(*) AS leads, coalesce(sum(l.is_enriched), 0) AS enriched"
        " FROM memberships m JOIN leads l ON l.id = m.lead WHERE m.list_id = ?",
        (list_id,),
    ).fetchone()
    return row["leads"], row["enriched"]


def summary(row: sqlite3.Row) -> dict[str, object]:
    owner = PEOPLE.get(row["owner_id"])
    return {
        "list_id": row["list_id"],
        "name": row["name"],
        "lead_count": row["lead_count"],
        "folder_id": row["folder_id"],
        "created_at": row["created_at"],
        "owner_name": owner.name if owner else None,
        "visibility": row["visibility"],
    }


def detail(
    db: sqlite3.Connection, row: sqlite3.Row, *, reused: bool = False
) -> dict[str, object]:
    lead_count, enriched_count = counts(db, row["list_id"])
    return {
        "list_id": row["list_id"],
        "name": row["name"],
        "description": row["description"],
        "lead_count": lead_count,
        "enriched_count": enriched_count,
        "folder_id": row["folder_id"],
        "created_at": row["created_at"],
        "reused": reused,
    }


def own_by_name(request: ApiRequest, name: str) -> sqlite3.Row | None:
    """The caller's own list of exactly this name, whatever the case."""
    rows = request.db.execute(
        "SELECT * FROM lists WHERE owner_id = ? AND organization_id = ? AND NOT is_hidden",
        (request.person.user_id, request.organization_id),
    )
    return next((row for row in rows if row["name"].casefold() == name.casefold()), None)


def check_folder(request: ApiRequest, folder_id: str | None) -> None:
    owned = "SELECT 1 FROM folders WHERE folder_id = ? AND owner_id = ?"
    found = request.db.execute(owned, (folder_id, request.person.user_id)).fetchone()
    if folder_id is not None and found is None:
        raise errors.not_found("The folder")


def create(
    request: ApiRequest,
    name: str,
    *,
    description: str | None = None,
    folder_id: str | None = None,
    is_hidden: bool = False,
) -> str:
    """A new private list of the caller; its id."""
    list_id = str(uuid.uuid4())
    request.db.execute(
        "INSERT INTO lists (list_id, organization_id, owner_id, name, description, folder_id,"
        " visibility, is_hidden, created_at) VALUES (?, ?, ?, ?, ?, ?, 'private', ?, ?)",
        (
            list_id,
            request.organization_id,
            request.person.user_id,
            name,
            description,
            folder_id,
            is_hidden,
            iso(request.clock.now),
        ),
    )
    return list_id


def hidden_results(request: ApiRequest) -> str:
    """The caller's hidden `MCP Results` list, made when missing."""
    row = request.db.execute(
        "SELECT list_id FROM lists WHERE owner_id = ? AND is_hidden", (request.person.user_id,)
    ).fetchone()
    return row["list_id"] if row else create(request, "MCP Results", is_hidden=True)


def delete(db: sqlite3.Connection, list_id: str) -> None:
    """Memberships and shares go; the leads stay in the workspace."""
    for table in ("memberships", "shares", "lists"):
        db.execute(f"DELETE FROM {table} WHERE list_id = ?", (list_id,))  # noqa: S608
