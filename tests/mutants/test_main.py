"""The whole command on a project of its own, and what it says of what it has seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from mutants import __main__ as command
from mutants import choosing

ROOT = Path(__file__).resolve().parent.parent.parent

CLAIMS = """
def most(rows, price):
    return rows * price


def left(approved, spent):
    return approved - spent
"""
TEST = """
from imports.services.claims import left, most


def test_the_most_is_rows_times_price():
    assert most(3, 2) == 6


def test_what_is_left():
    assert left(5, 0) == 5
"""
NOTICED = "imports/services/claims.py most swap 1: rows * price -> rows // price"
PLANTED = "imports/services/claims.py left swap 1: approved - spent -> approved + spent"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Its tests look at what is left only where nothing was spent."""
    shutil.copytree(ROOT / "mutants", tmp_path / "mutants", ignore=_no_list)
    for folder in ("cleanlist_api", "connections", "enrichment", "imports"):
        (tmp_path / "tests" / folder).mkdir(parents=True)
    (tmp_path / "imports" / "services").mkdir(parents=True)
    (tmp_path / "imports" / "services" / "claims.py").write_text(CLAIMS)
    (tmp_path / "tests" / "imports" / "test_claims.py").write_text(TEST)
    (tmp_path / "settings.py").write_text("SECRET_KEY = 'none'\n")
    (tmp_path / "pytest.ini").write_text(
        "[pytest]\npythonpath = .\nmarkers =\n    crash\n    browser\n"
    )
    return tmp_path


def _no_list(_: str, names: list[str]) -> set[str]:
    return {"__pycache__", "list.txt", "equivalent.txt"} & set(names)


@pytest.fixture
def reported(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    """Exit code and words for outcomes by mutant."""

    def report(told, *, equivalent=(), failed=(), codes=(0, 0)) -> tuple[int, str]:
        reasons = dict.fromkeys(equivalent, "Nobody could notice.")
        monkeypatch.setattr(choosing, "equivalent", lambda: reasons)
        code = command._report(told, list(failed), list(codes), time.time())
        return code, capsys.readouterr().out

    return report


def test_a_planted_survivor_is_named_and_the_command_fails(project):
    done = subprocess.run(
        [sys.executable, "-m", "mutants", "all"],
        cwd=project,
        env={"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "settings", "JOBS": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert f"survived  {PLANTED}" in said
    assert NOTICED not in said
    assert "1 killed, 0 equivalent, 1 survived" in said


@pytest.mark.parametrize("outcome", ["survived", "not entered", "broken", "not tried"])
def test_whatever_is_not_killed_is_a_survivor(reported, outcome):
    code, said = reported({PLANTED: outcome})
    assert (code, f"{outcome}  {PLANTED}" in said) == (1, True)


def test_all_is_well_once_the_survivor_is_an_equivalent(reported):
    code, said = reported({NOTICED: "killed", PLANTED: "survived"}, equivalent=[PLANTED])
    assert code == 0
    assert "1 killed, 1 equivalent, 0 survived" in said


def test_an_equivalent_that_a_test_notices_is_none(reported):
    _, said = reported({NOTICED: "killed"}, equivalent=[NOTICED])
    assert f"equivalent?  {NOTICED}" in said


def test_a_test_that_fails_without_a_mutant_is_named_and_the_command_fails(reported):
    code, said = reported({NOTICED: "killed"}, failed=["test_left", "test_left"])
    assert (code, said.count("failing  test_left without any mutant")) == (1, 1)


def test_the_command_fails_with_one_of_its_processes(reported):
    assert reported({NOTICED: "killed"}, codes=[0, 3])[0] == 1
