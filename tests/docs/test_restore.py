"""The steps under "Backup and restore" in docs/operations.md, followed to the letter."""

from __future__ import annotations

import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
STEPS = re.search(
    r"^## Backup and restore\n(.*?)(?=^## |\Z)",
    (ROOT / "docs" / "operations.md").read_text(),
    re.M | re.S,
)[1]

# A portal that loses its power: what it wrote last stands in the -wal alone.
PORTAL = """
import os, sqlite3, sys
portal = sqlite3.connect(sys.argv[1], isolation_level=None)
portal.execute("PRAGMA journal_mode=WAL")
portal.execute("PRAGMA wal_autocheckpoint=0")
portal.execute("CREATE TABLE IF NOT EXISTS chunk (number)")
for number in range(int(sys.argv[2])):
    portal.execute("INSERT INTO chunk VALUES (?)", [number])
os._exit(9)
"""


def work(database: Path, chunks: int) -> None:
    command = [sys.executable, "-c", PORTAL, str(database), str(chunks)]
    assert subprocess.run(command, check=False).returncode == 9


def chunks_in(database: Path) -> int:
    with sqlite3.connect(database) as portal:
        [[count]] = portal.execute("SELECT COUNT(*) FROM chunk")
    portal.close()
    return count


@pytest.fixture
def var(tmp_path):
    (tmp_path / "var").mkdir()
    work(tmp_path / "var" / "portal.sqlite3", 3)
    [backup] = re.findall(r"`sqlite3 var/portal.sqlite3 \"\.backup '(\S+)'\"`", STEPS)
    source = sqlite3.connect(tmp_path / "var" / "portal.sqlite3")
    copy = sqlite3.connect(tmp_path / backup)
    source.backup(copy)
    copy.close()
    source.close()
    work(tmp_path / "var" / "portal.sqlite3", 8)
    return tmp_path / "var"


def restore(var: Path, removed: list[str]) -> int:
    for name in removed:
        (var.parent / name).unlink(missing_ok=True)
    shutil.copy(var.parent / "portal-copy.sqlite3", var / "portal.sqlite3")
    return chunks_in(var / "portal.sqlite3")


def test_a_restored_database_is_the_one_that_was_copied(var):
    removed = re.findall(r"`(var/portal\.sqlite3-\w+)`", STEPS)
    assert restore(var, removed) == 3


def test_a_log_left_beside_it_would_change_it(var):
    assert restore(var, []) != 3
