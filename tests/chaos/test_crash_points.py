"""A part of `make chaos`, small enough for every change; docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.live_sandbox import ROOT

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]
# About so many crash points, or refusals, of each part that has more.
SAMPLE = 8
PARTS = ["points", "canary", "undo", "refusals", "signals", "order"]
ROW = re.compile(r"^(\w+) +(\d+) +(\d+) +(\d+) of (\d+) +\d+$", re.MULTILINE)


@pytest.fixture(scope="module")
def seed(pytestconfig) -> int:
    return int(pytestconfig.getoption("randomly_seed"))


@pytest.fixture(scope="module")
def sampled(seed):
    """All parts at once, for most of them wait most of the time; each with its controls."""
    options = ["--sample", str(SAMPLE), "--seed", str(seed), "--jobs", "3"]
    command = [sys.executable, "-m", "chaos", *PARTS, *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(autouse=True)
def _drawn(sampled, record_sample):
    for line in re.findall("^sample: (.*)", sampled.stdout, re.MULTILINE):
        record_sample(line)


def test_it_passes(sampled):
    assert sampled.returncode == 0, sampled.stderr + sampled.stdout


@pytest.mark.parametrize("part", PARTS)
def test_it_holds_and_its_controls_do_not(sampled, part):
    rows = {name: list(map(int, figures)) for name, *figures in ROW.findall(sampled.stdout)}
    cases, broken, found_out, controls = rows[part]
    assert cases > 0
    assert broken == 0
    assert found_out == controls > 0


def test_a_worker_was_killed_at_every_kind_of_call(sampled):
    counts = re.search(
        "^the portal's: crash points\n.*\nby system call: (.*)", sampled.stdout, re.M
    )
    assert counts, sampled.stderr
    assert all(int(count) for count in re.findall(r" (\d+)", counts[1])), counts[1]
