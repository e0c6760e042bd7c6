"""What a test or a demo may switch: limits, flags and the choices the docs leave open."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Switches:
    limits: bool = True
    per_key: int = 30
    per_organization: int = 60
    csv_import: bool = True
    # sandbox choice: the SDK parses only 201, the specification says 200.
    reuse_status: int = 200
    list_rows: int = 250_000
    leads_per_second: float = 40.0


def load(db: sqlite3.Connection) -> Switches:
    row = db.execute("SELECT value FROM facts WHERE name = 'switches'").fetchone()
    return Switches(**json.loads(row["value"])) if row else Switches()


def save(db: sqlite3.Connection, switches: Switches) -> None:
    db.execute(
        "INSERT OR REPLACE INTO facts (name, value) VALUES ('switches', ?)",
        (json.dumps(asdict(switches)),),
    )
