"""Cohort handles (`cl-task_…`): the leads of one page, to be enriched without naming them.

sandbox choice: a handle lives for 24 hours, and the same page gives the same handle.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Sequence

from sandbox import errors
from sandbox.auth import ApiRequest

KEPT = 24 * 60 * 60


def make(request: ApiRequest, list_id: str, lead_ids: Sequence[str]) -> str | None:
    """The handle of these leads; None for an empty page."""
    if not lead_ids:
        return None
    text = json.dumps(lead_ids)
    about = f"{request.seed}|{request.person.user_id}|{list_id}|{text}"
    task_id = f"cl-task_{hashlib.sha256(about.encode()).hexdigest()[:24]}"
    request.db.execute(
        "INSERT INTO cohorts (task_id, organization_id, list_id, lead_ids, created)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET created = excluded.created",
        (task_id, request.organization_id, list_id, text, request.clock.now),
    )
    return task_id


def find(request: ApiRequest, task_id: str) -> sqlite3.Row:
    """The cohort; 404 when unknown, expired or another organization's."""
    row: sqlite3.Row | None = request.db.execute(
        "SELECT * FROM cohorts WHERE task_id = ? AND organization_id = ? AND created > ?",
        (task_id, request.organization_id, request.clock.now - KEPT),
    ).fetchone()
    if row is None:
        raise errors.not_found("The cohort")
    return row


def members(row: sqlite3.Row, entity_ids: Sequence[str] | None) -> list[str]:
    """The cohort's lead ids, or the subset asked for; 400 when it is no subset."""
    known: list[str] = json.loads(row["lead_ids"])
    if entity_ids is None:
        return known
    strangers = sorted(set(entity_ids) - set(known))
    if strangers:
        raise errors.invalid(
            "entity_ids must be a subset of the cohort.", details={"unknown": strangers[:10]}
        )
    return list(dict.fromkeys(entity_ids))
