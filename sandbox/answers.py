"""Idempotency: the first answer to a key is kept for 24 hours, organization-wide."""

from __future__ import annotations

import json
from typing import Any

from sandbox.auth import ApiRequest

KEPT = 24 * 60 * 60


def recall(request: ApiRequest, operation: str, key: str | None) -> dict[str, Any] | None:
    """The answer given to this key before, whichever list it was for; None when new."""
    if key is None:
        return None
    row = request.db.execute(
        "SELECT body FROM answers WHERE organization_id = ? AND operation = ?"
        " AND idempotency_key = ? AND created > ?",
        (request.organization_id, operation, key, request.clock.now - KEPT),
    ).fetchone()
    return json.loads(row["body"]) if row else None


def keep(request: ApiRequest, operation: str, key: str | None, body: dict[str, Any]) -> None:
    if key is None:
        return
    request.db.execute(
        "INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)",
        (request.organization_id, operation, key, json.dumps(body), request.clock.now),
    )
