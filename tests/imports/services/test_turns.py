from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from imports.models import Run
from imports.services.turns import take_turn
from tests.imports.files import csv_of, uploaded

pytestmark = pytest.mark.django_db


def test_it_gives_the_turn_to_one(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk) as first, take_turn(run.pk) as second:
        assert first is not None
        assert second is None


def test_it_gives_the_turn_back(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk):
        pass
    with take_turn(run.pk) as again:
        assert again is not None


def test_it_takes_over_a_turn_without_a_sign_of_life(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk) as stopped:
        Run.objects.update(turn_expires_at=timezone.now() - timedelta(seconds=1))
        with take_turn(run.pk) as taker:
            assert taker is not None
            stopped.beat()
            assert stopped.lost.is_set()
            assert not taker.lost.is_set()


def test_it_leaves_the_taker_his_turn_when_the_loser_ends(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(1))
    with take_turn(run.pk):
        Run.objects.update(turn_expires_at=timezone.now() - timedelta(seconds=1))
        taker = take_turn(run.pk)
        taker.__enter__()
    with take_turn(run.pk) as third:
        assert third is None
    taker.__exit__(None, None, None)
