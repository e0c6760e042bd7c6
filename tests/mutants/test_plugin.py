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
from mutants.seen import Seen


def pytest_configure(config):
    mutants = list(mutants_of("price.py"))
    config.pluginmanager.register(Trial(mutants, making.ROOT, 0, 1, Seen()))
"""
PRICE = """
def most(rows, price):
    if rows < 0:
        return 0
    return rows * price


def unused(rows):
    return rows + 1


def share(rows):
    return rows // 2


def tenth(rows):
    return rows // 10
"""
TEST = """
import os
import time

import pytest

from price import most, share, tenth

PROCESS = os.getpid()


def test_the_most_is_rows_times_price():
    assert most(3, 2) == 6


def test_it_fails_without_a_mutant_too():
    assert share(4) == 3


def test_it_fails_in_a_fork():
    assert tenth(100) == 10 and PROCESS == os.getpid()


@pytest.fixture(scope="module")
def of_the_module():
    time.sleep(0.2)
    return 10


def test_it_uses_a_fixture_of_the_module(of_the_module):
    assert tenth(100) == of_the_module
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    tmp_path = tmp_path_factory.mktemp("project")
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
    assert (tmp_path / "outcomes-0.txt").exists(), ended.stdout + ended.stderr
    return tmp_path


@pytest.fixture
def outcomes(folder):
    told = folder / "outcomes-0.txt"
    lines = [line.split("\t") for line in told.read_text().splitlines()]
    return {mutant: outcome for outcome, mutant, _ in lines}


def outcome_of(outcomes: dict[str, str], change: str) -> str:
    [outcome] = [each for name, each in outcomes.items() if name.endswith(f": {change}")]
    return outcome


def test_a_fault_that_a_test_notices_is_killed(outcomes):
    assert outcome_of(outcomes, "rows * price -> rows // price") == "killed"


def test_a_fault_that_no_test_notices_survives(outcomes):
    assert outcome_of(outcomes, "if rows < 0: … -> if False: …") == "survived"


def test_a_fault_where_no_test_comes_is_said_to_be_there(outcomes):
    assert outcome_of(outcomes, "rows + 1 -> rows - 1") == "not entered"


def test_a_test_that_fails_without_a_mutant_is_named_and_notices_nothing(folder, outcomes):
    assert outcome_of(outcomes, "rows // 2 -> rows * 2") == "not entered"
    assert named(folder, "test_it_fails_without_a_mutant_too")


def test_a_test_that_fails_in_a_fork_alone_is_named_too(folder, outcomes):
    assert named(folder, "test_it_fails_in_a_fork")


def test_the_others_are_asked_in_its_place(folder, outcomes):
    assert outcome_of(outcomes, "rows // 10 -> rows * 10") == "killed"
    assert "test_it_uses_a_fixture_of_the_module" in (folder / "outcomes-0.txt").read_text()


def named(folder: Path, test: str) -> bool:
    return any(line.endswith(f"::{test}") for line in _lines(folder / "failed.txt"))


def _lines(path: Path) -> list[str]:
    return path.read_text().splitlines()
