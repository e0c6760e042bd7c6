"""A part of `make chaos`, small enough for every change; docs/reliability.md."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.crash, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parent.parent.parent
SAMPLE = 12


@pytest.fixture(scope="module")
def sampled():
    """Some crash points of every kind of call, and both workers that have to fail."""
    command = [sys.executable, "-m", "chaos", "points", "--sample", str(SAMPLE)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_no_crash_point_breaks_a_promise(sampled):
    assert sampled.returncode == 0, sampled.stderr + sampled.stdout


def test_a_worker_was_killed_at_every_kind_of_call(sampled):
    counts = re.search("by system call: (.*)", sampled.stdout)
    assert counts, sampled.stderr
    assert all(int(count) for count in re.findall(r" (\d+)", counts[1])), counts[1]


PARTS = ["order", "signals", "canary --sample 3", "undo --sample 8", "refusals --sample 8"]


@pytest.mark.parametrize("part", PARTS)
def test_it_holds_and_its_control_does_not(part):
    command = [sys.executable, "-m", "chaos", *part.split()]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
