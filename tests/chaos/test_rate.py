"""The rate trial: its figures, and a part small enough for every change."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections import Counter

import pytest

from chaos import agreement, traffic
from chaos.agreement import Sums
from chaos.outcome import Outcome, Trial, judged
from chaos.traffic import Call
from tests.live_sandbox import ROOT


def calls(*moments, key="a", status=200):
    return [Call(at, key, "/x", status) for at in moments]


def every(seconds, times, **more):
    return calls(*[index * seconds for index in range(times)], **more)


GOOD = Outcome(
    trial=Trial("an import", 100),
    calls=every(2.033, 100),
    lanes=Counter({"import": 100}),
    started=0.0,
    sent=203.0,
    forecast=210.0,
    waits=[0.1] * 19 + [9.0],
    put_off=0,
    load=1.0,
    broken=[],
    sums={},
)


def test_it_passes_an_import_that_keeps_every_rule():
    assert judged(GOOD) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"calls": every(1.9, 107)}, "more calls of a key than allowed"),
        (
            {"calls": sorted((*every(2, 99), *every(2, 99, key="b"), *every(2, 99, key="c")))},
            "too many of an organization",
        ),
        ({"calls": [*every(2.033, 99), *calls(202.0, status=429)]}, "the API refused calls"),
        ({"waits": [0.1] * 17 + [4.1] * 3}, "a person waited too long"),
        ({"calls": every(2.15, 95)}, "too little of the allowance was used"),
        ({"trial": Trial("an import", 95)}, "the import took too long"),
        ({"forecast": 240.0}, "the forecast was wrong"),
        ({"broken": ["3 rows lost"]}, "3 rows lost"),
    ],
)
def test_it_finds_out_an_import_that_breaks_one(changes, words):
    assert f"an import: {words}" in judged(dataclasses.replace(GOOD, **changes))


def test_it_judges_no_rate_by_a_few_calls():
    few = dataclasses.replace(GOOD, calls=every(5.0, 40), forecast=100.0)
    assert judged(few) == []


def test_it_counts_the_fullest_minute_wherever_it_begins():
    assert traffic.most_in_a_minute(calls(0, 10, 59, 60, 61, 119)) == 4
    assert traffic.most_in_a_minute([]) == 0


def test_it_reads_the_calls_of_a_ledger():
    entry = {"kind": "request", "wall": 2.0, "key": "a", "path": "/x", "status": 200}
    ledger = [entry, {"kind": "row_imported"}, entry | {"wall": 1.0}]
    assert traffic.calls_of(ledger) == calls(1.0, 2.0)


def test_it_names_sums_that_differ():
    sums = {"page": Sums(5, 2), "ledger": Sums(5, 2), "balance": Sums(None, 3)}
    [sentence] = agreement.disagreements(sums)
    assert sentence.startswith("credits differ")


@pytest.mark.crash
@pytest.mark.long
@pytest.mark.timeout(240)
def test_eight_processes_keep_the_limits_and_those_without_a_budget_are_found_out():
    command = [sys.executable, "-m", "chaos", "rate", "--short"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr + done.stdout
    assert "429 answers          0" in done.stdout
