"""The sandbox's clock: wall time plus what a test advanced.

Two readings. `now` dates quotes, idempotency answers and ledger entries; `work` drives the
enrichment workflows and may run faster than the wall. Rate limits use neither: they are
measured in real time.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime


@dataclass(frozen=True)
class Clock:
    anchor: float  # wall seconds at which the next two were true
    now_then: float
    work_then: float
    speed: float

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self.now_then + (time.time() - self.anchor)

    @property
    def work(self) -> float:
        """Seconds of enrichment work done since the state was made."""
        return self.work_then + max(0.0, time.time() - self.anchor) * self.speed

    def moved(self, *, advance: float = 0.0, speed: float | None = None) -> Clock:
        """This clock, `advance` seconds later, running at `speed` from now on."""
        return Clock(
            anchor=time.time(),
            now_then=self.now + advance,
            work_then=self.work + advance,
            speed=self.speed if speed is None else speed,
        )


def fresh(speed: float) -> Clock:
    wall = time.time()
    return Clock(anchor=wall, now_then=wall, work_then=0.0, speed=speed)


def load(db: sqlite3.Connection) -> Clock:
    row = db.execute("SELECT value FROM facts WHERE name = 'clock'").fetchone()
    return replace(fresh(1.0), **json.loads(row["value"]))


def save(db: sqlite3.Connection, clock: Clock) -> None:
    db.execute(
        "INSERT OR REPLACE INTO facts (name, value) VALUES ('clock', ?)",
        (json.dumps(asdict(clock)),),
    )


def iso(seconds: float) -> str:
    """`2026-06-03T10:00:00Z`, as the API writes times."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
