"""An organization's credits: never below zero, moved only with a ledger entry beside."""

from __future__ import annotations

import sqlite3

from sandbox import errors
from sandbox.auth import ApiRequest


def balance(db: sqlite3.Connection, organization_id: str) -> int:
    row = db.execute(
        "SELECT credits FROM organizations WHERE organization_id = ?", (organization_id,)
    ).fetchone()
    credits: int = row["credits"]
    return credits


def check(request: ApiRequest, needed: int) -> None:
    """Raise `insufficient_credits` when `needed` is more than there is."""
    available = balance(request.db, request.organization_id)
    if needed > available:
        raise errors.out_of_credits(needed, available)


def move(db: sqlite3.Connection, organization_id: str, credits: int) -> None:
    db.execute(
        "UPDATE organizations SET credits = credits + ? WHERE organization_id = ?",
        (credits, organization_id),
    )


def set_to(db: sqlite3.Connection, organization_id: str, credits: int) -> None:
    db.execute(
        "UPDATE organizations SET credits = ? WHERE organization_id = ?",
        (credits, organization_id),
    )
