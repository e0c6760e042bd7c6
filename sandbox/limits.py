"""The rate limits: a fixed 60-second window per key and per organization, in real time.

sandbox choice: a window opens with the first call after the last one ended, and a refused
call counts like any other. Windows are stored, so a restart forgives nothing.
"""

from __future__ import annotations

import sqlite3
import time

from sandbox import errors
from sandbox.auth import ApiKey
from sandbox.errors import ApiFault
from sandbox.switches import Switches

WINDOW = 60.0


def count(db: sqlite3.Connection, key: ApiKey, switches: Switches) -> ApiFault | None:
    """Count one call of `key`; the fault to answer when it is one too many."""
    if not switches.limits:
        return None
    organization_id = key.person.organization.organization_id
    buckets = (
        ("key", key.key_id, switches.per_key),
        ("organization", organization_id, switches.per_organization),
    )
    now = time.time()
    waits = [
        (_hit(db, f"{name}:{who}", limit, now), name, limit) for name, who, limit in buckets
    ]
    wait, name, limit = max(waits)
    return errors.rate_limited(wait, name, limit) if wait > 0 else None


def _hit(db: sqlite3.Connection, bucket: str, limit: int, now: float) -> float:
    """Seconds to wait before `bucket` takes another call; 0 when it took this one."""
    row = db.execute("SELECT * FROM windows WHERE bucket = ?", (bucket,)).fetchone()
    is_open = row is not None and 0 <= now - row["started"] < WINDOW
    started, calls = (row["started"], row["calls"] + 1) if is_open else (now, 1)
    db.execute("INSERT OR REPLACE INTO windows VALUES (?, ?, ?)", (bucket, started, calls))
    return max(0.001, WINDOW - (now - started)) if calls > limit else 0.0
