"""The harness itself: it must not pass by seeing nothing."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from collections import Counter

import pytest

from chaos import controls, order, tracing
from chaos.controls import NEW_KEY, NO_RESEND
from chaos.enumeration import LEAST_POINTS
from chaos.points import Tally, Trial, spread
from chaos.verdict import verdict
from tests.live_sandbox import ROOT

LOST, TWICE = ["4 rows lost, a first"], ["4 rows in twice, a first"]


def tally(*trials: Trial, control=None) -> Tally:
    return Tally(control.name if control else "the portal's", list(trials), control=control)


def problems(portal, faulty, least=LEAST_POINTS):
    return verdict([portal, *faulty], tracing.KINDS, least)


def killed_everywhere(times=50, broken=()):
    every = [(kind, when) for kind in tracing.KINDS for when in range(times)]
    return tally(*[Trial(kind, when, True, "import", list(broken)) for kind, when in every])


def found_out():
    return [
        tally(Trial("recvfrom", 1, True, "dispatch", TWICE), control=NEW_KEY),
        tally(Trial("sendto", 1, True, "dispatch", LOST), control=NO_RESEND),
    ]


def test_it_passes_a_worker_that_breaks_nothing():
    assert problems(killed_everywhere(), found_out()) == []


def test_it_fails_when_a_kind_of_call_killed_nobody():
    portal = killed_everywhere()
    portal.trials = [trial for trial in portal.trials if trial.kind != "unlink"]
    assert problems(portal, found_out()) == ["the portal's: nobody was killed at unlink."]


def test_it_fails_when_there_are_too_few_points():
    assert "only 8 crash points" in problems(killed_everywhere(1), found_out())[0]


def test_it_fails_when_a_promise_is_broken():
    portal = killed_everywhere(broken=LOST)
    said = ["the portal's: 400 crash points break a promise."]
    assert problems(portal, found_out()) == said


@pytest.mark.parametrize("harmless", [0, 1])
def test_it_fails_when_a_control_does_no_harm(harmless):
    faulty = found_out()
    faulty[harmless].trials = [Trial("sendto", 1, True, "dispatch", ["told 2 times"])]
    assert problems(killed_everywhere(), faulty) == [
        f"The worker with “{controls.CONTROLS[harmless].name}” was not found out."
    ]


CALLS = Counter({"pwrite64": 400, "sendto": 17, "rename": 1})


def test_it_samples_every_kind_from_its_first_call_on():
    assert {("pwrite64", 1), ("sendto", 1), ("rename", 1)} <= set(spread(CALLS, 40, seed=1))


@pytest.mark.parametrize("seed", range(20))
def test_it_leaves_no_stretch_of_calls_out(seed):
    points = [when for kind, when in spread(CALLS, 40, seed) if kind == "pwrite64"]
    gaps = [later - earlier for earlier, later in itertools.pairwise([*points, 400])]
    assert len(points) == 38
    assert max(gaps) <= 2 * 400 / 37


def test_a_seed_draws_the_same_sample_and_another_one_another():
    assert spread(CALLS, 40, seed=1) == spread(CALLS, 40, seed=1) != spread(CALLS, 40, seed=2)


def test_it_says_in_a_sentence_that_strace_is_missing(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "chaos", "points"],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("The crash trials kill processes with strace")
    assert "it is not installed" in done.stderr


KEYS = [f"cp-{digit * 48}" for digit in "abc"]
WRITE = '7 pwrite64(5</p.sqlite3-wal>, "…{}…", 4096, 0) = 4096'
SYNC = "7 fdatasync(5</p.sqlite3-wal>) = 0"
SEND = '7 sendto(6<socket:[1]>, "POST … {} …", 900, 0, NULL, 0) = 900'


def traced(*calls):
    return [line.format(key) for key in KEYS for line in calls]


def test_it_takes_a_synced_key_for_safe():
    assert list(order.sent_unsafely(traced(WRITE, SYNC, SEND))) == []


@pytest.mark.parametrize("calls", [(WRITE, SEND), (SEND,), (SYNC, WRITE, SEND)])
def test_it_finds_a_key_that_was_sent_before_it_was_safe(calls):
    assert list(order.sent_unsafely(traced(*calls))) == KEYS


def test_it_does_not_pass_a_trace_without_the_keys():
    with pytest.raises(ValueError, match="0 keys were seen"):
        list(order.sent_unsafely([SYNC]))
