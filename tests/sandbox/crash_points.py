"""Crash the sandbox at every SQL statement of one import, and look what is left.

Run as `python -m tests.sandbox.crash_points FOLDER`, in a process of its own because the
sandbox has its own settings. Each point is a fork that leaves by `os._exit` in the middle of
the statement; prints JSON: the number of points, and one sentence for each broken promise.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import sqlite3
import sys
from pathlib import Path
from typing import Any

ROWS = 4
PRICE = 11 * ROWS
KEY = "crash-1"


def prepare(folder: Path) -> None:
    os.environ.update(
        DJANGO_SETTINGS_MODULE="sandbox.settings",
        SANDBOX_STATE=str(folder / "first.sqlite3"),
        SANDBOX_SIZE="small",
        SANDBOX_SPEED="0",
        SANDBOX_SYNC="NORMAL",
    )
    import django

    django.setup()


def import_once(state: Path, crash_at: int | None = None) -> dict[str, Any]:
    """One import over the state, perhaps dying at its nth statement."""
    from django.test import Client

    from sandbox import start
    from sandbox.world import current

    start.STATE = str(state)
    current.cache_clear()
    world = current()
    lists = world.store.db.execute("SELECT list_id FROM lists ORDER BY seq DESC")
    list_id = lists.fetchone()["list_id"]
    if crash_at is not None:
        crash_after(world.store.db, crash_at)
    rows = "".join(f"p{at}@example.com\n" for at in range(ROWS))
    answer = Client(headers={"Authorization": "Bearer clapi_sandbox_owner"}).post(
        f"/api/v2/lead-lists/{list_id}/csv-import",
        {
            "csv_content_base64": base64.b64encode(f"email\n{rows}".encode()).decode(),
            "column_mapping": {"email": "email"},
            "enrichment_type": "full",
            "idempotency_key": KEY,
        },
        content_type="application/json",
    )
    world.store.close()
    return {"status": answer.status_code, **answer.json()}


def crash_after(db: sqlite3.Connection, statements: int) -> None:
    left = [statements]

    def count(_: str) -> None:
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)

    db.set_trace_callback(count)


def crash(state: Path, crash_at: int) -> bool:
    """Whether a fork died at that statement (False: the import was over before)."""
    child = os.fork()
    if child == 0:
        import_once(state, crash_at)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 9


def counts(state: Path) -> dict[str, int]:
    """How many of each effect the state holds."""
    db = sqlite3.connect(state)
    kinds = dict(db.execute("SELECT kind, count(*) FROM ledger GROUP BY kind"))
    [credits] = db.execute(
        "SELECT credits FROM organizations WHERE organization_id = 'org_sandbox_home'"
    ).fetchone()
    [answers] = db.execute("SELECT count(*) FROM answers").fetchone()
    [leads] = db.execute("SELECT count(*) FROM leads WHERE email LIKE 'p_@%'").fetchone()
    [healthy] = db.execute("PRAGMA integrity_check").fetchone()
    db.close()
    return {
        "rows": kinds.get("row_imported", 0),
        "leads": leads,
        "answers": answers,
        "workflows": kinds.get("workflow_started", 0),
        "reserved": kinds.get("credits_reserved", 0),
        "spent": 120_400 - credits,
        "healthy": int(healthy == "ok"),
    }


NOTHING = dict.fromkeys(("rows", "leads", "answers", "workflows", "reserved", "spent"), 0)
EVERYTHING = {
    "rows": ROWS,
    "leads": ROWS,
    "answers": 1,
    "workflows": 1,
    "reserved": 1,
    "spent": PRICE,
}


def look(state: Path, point: int) -> list[str]:
    """The promises broken after a crash at `point`, and after the retry."""
    left = counts(state)
    broken = []
    if not left.pop("healthy") or left not in (NOTHING, EVERYTHING):
        broken.append(f"after statement {point}: {left}")
    answer = import_once(state)
    if answer["idempotency_replayed"] != (left == EVERYTHING):
        broken.append(f"replay at {point}: {answer}")
    after = counts(state)
    after.pop("healthy")
    if after != EVERYTHING:
        broken.append(f"retry after statement {point}: {after}")
    return broken


def main(folder: Path) -> None:
    prepare(folder)
    from django.test import Client

    from sandbox.world import current

    # Endpoints loaded once, not in every fork.
    warm = Client().get("/api/v2/whoami")
    assert warm.status_code == 401
    current().store.close()
    first, state = folder / "first.sqlite3", folder / "crashed.sqlite3"
    broken: list[str] = []
    point = 0
    while True:
        for old in folder.glob("crashed.sqlite3*"):
            old.unlink()
        shutil.copy(first, state)
        if not crash(state, point):
            break
        broken += look(state, point)
        point += 1
    sys.stdout.write(json.dumps({"points": point, "broken": broken}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
