from __future__ import annotations

import os
import subprocess
import time

import pytest

from mutants import forks
from mutants.forks import Broken, Failing, Timed, first_failing

TESTS = [Timed("first", 0.0), Timed("second", 0.0), Timed("third", 0.0)]


def nothing() -> None:
    pass


def test_it_names_the_first_test_that_fails():
    assert first_failing(TESTS, nothing, lambda name, _: name == "first") == Failing("second")


def test_it_names_none_when_all_pass():
    assert first_failing(TESTS, nothing, lambda name, _: True) is None


def test_each_test_is_told_the_next(tmp_path):
    seen = tmp_path / "seen"

    def passes(name: str, following: str | None) -> bool:
        with seen.open("a") as file:
            file.write(f"{name} {following}\n")
        return True

    first_failing(TESTS, nothing, passes)
    assert seen.read_text().splitlines() == ["first second", "second third", "third None"]


def test_a_fork_that_dies_is_a_test_that_fails():
    assert first_failing(TESTS, nothing, lambda name, _: os._exit(0)) == Failing("first")


def test_a_test_that_takes_for_ever_fails(monkeypatch):
    monkeypatch.setattr(forks, "LEAST_SECONDS", 0.3)
    failing = first_failing(TESTS, nothing, lambda name, _: bool(time.sleep(600)))
    assert failing == Failing("first", took_too_long=True)


def test_patience_gives_it_longer(monkeypatch):
    monkeypatch.setattr(forks, "LEAST_SECONDS", 0.1)
    assert first_failing(TESTS[:1], nothing, lambda name, _: not time.sleep(0.3), 60) is None


def test_a_slow_test_has_ten_times_what_it_took_before(monkeypatch):
    monkeypatch.setattr(forks, "LEAST_SECONDS", 0.0)
    slow = [Timed("slow", 60.0)]
    assert first_failing(slow, nothing, lambda name, _: not time.sleep(0.2)) is None


def test_a_fork_that_cannot_be_prepared_says_nothing_about_the_tests():
    def impossible() -> None:
        raise LookupError

    with pytest.raises(Broken):
        first_failing(TESTS, impossible, lambda name, _: True)


def test_what_a_fork_has_started_ends_with_it(tmp_path):
    told = tmp_path / "pid"

    def passes(name: str, _: str | None) -> bool:
        left = subprocess.Popen(["sleep", "600"])
        told.write_text(str(left.pid))
        return True

    first_failing(TESTS[:1], nothing, passes)
    for _ in range(200):
        if not is_alive(int(told.read_text())):
            return
        time.sleep(0.05)
    pytest.fail("it still runs")


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
