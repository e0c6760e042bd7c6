from __future__ import annotations

import pytest

from cleanlist_api.errors import Busy
from imports.models import Run
from imports.services import pausing
from imports.services.turns import take_turn
from tests.imports.files import csv_of, started

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice, tmp_path, settings, monkeypatch) -> Run:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    monkeypatch.setattr(pausing, "LONGEST_WAIT", 60.0)
    return started(alice, tmp_path, csv_of(1))


def waits(run, failures, **more):
    run.failures_in_a_row = failures
    with take_turn(run.pk) as turn, turn.writing() as write:
        return pausing.wait_for(write, run, Busy("Not now.", **more))


@pytest.mark.parametrize(("failures", "seconds"), [(0, 2), (1, 4), (4, 32), (5, 60), (99, 60)])
def test_it_waits_longer_after_each_failure(run, failures, seconds):
    assert waits(run, failures) == seconds


def test_it_waits_as_long_as_the_api_says(run):
    assert waits(run, 4, retry_after=7.0) == 7.0
