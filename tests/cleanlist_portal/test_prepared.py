"""What the command line says and does about a database nobody prepared."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases

pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parent.parent.parent
CACHE = "from django.core.cache import cache; cache.set('a', 'kept'); print(cache.get('a'))"


@pytest.fixture
def database(tmp_path):
    with databases.blank(tmp_path) as made:
        yield made


def manage(database, tmp_path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env={**os.environ, "VAR_DIR": str(tmp_path), "DATABASE_URL": database.url},
        capture_output=True,
        text=True,
    )


def test_migrate_alone_prepares_the_cache_too(database, tmp_path):
    assert manage(database, tmp_path, "migrate").returncode == 0
    assert "kept" in manage(database, tmp_path, "shell", "-c", CACHE).stdout


def test_a_command_says_that_the_database_is_not_prepared(database, tmp_path):
    done = manage(database, tmp_path, "create_first_sign_in")
    assert done.returncode == 1
    assert "Run `manage.py migrate`, then this again." in done.stderr
    assert "Traceback" not in done.stderr
