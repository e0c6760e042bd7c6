"""The plugin in a pytest of its own, on a project of one function."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent

CONFTEST = """
from pathlib import Path
from mutants import making

making.ROOT = Path(__file__).parent

from mutants.making import mutants_of
from mutants.plugin import Trial


def pytest_configure(config):
    mutants = list(mutants_of("price.py"))
    config.pluginmanager.register(Trial(mutants, making.ROOT, 0, 1))
"""
PRICE = """
def most(rows, price):
    if rows < 0:
        return 0
    return rows * price


def unused(rows):
    return rows + 1
"""
TEST = """
from price import most


def test_the_most_is_rows_times_price():
    assert most(3, 2) == 6
"""


@pytest.fixture
def outcomes(tmp_path):
    for name, text in (("conftest", CONFTEST), ("price", PRICE), ("test_price", TEST)):
        (tmp_path / f"{name}.py").write_text(text)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-c", "none.ini"]
    command += ["--rootdir", str(tmp_path), "-p", "no:django", str(tmp_path)]
    (tmp_path / "none.ini").write_text("[pytest]\npythonpath = . " + str(ROOT) + "\n")
    ended = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "DJANGO_SETTINGS_MODULE": "cleanlist_portal.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = tmp_path / "outcomes-0.txt"
    assert told.exists(), ended.stdout + ended.stderr
    return dict(reversed(line.split("\t")) for line in told.read_text().splitlines())


def outcome_of(outcomes: dict[str, str], change: str) -> str:
    [outcome] = [each for name, each in outcomes.items() if name.endswith(f": {change}")]
    return outcome


def test_a_fault_that_a_test_notices_is_killed(outcomes):
    assert outcome_of(outcomes, "rows * price -> rows // price") == "killed"


def test_a_fault_that_no_test_notices_survives(outcomes):
    assert outcome_of(outcomes, "if rows < 0: … -> if False: …") == "survived"


def test_a_fault_where_no_test_comes_is_said_to_be_there(outcomes):
    assert outcome_of(outcomes, "rows + 1 -> rows - 1") == "not entered"
