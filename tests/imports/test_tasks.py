from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from imports.models import Run, RunState
from imports.services import sending
from imports.tasks import call_workers, work_on_next
from jobs.services import queued
from tests.imports.files import csv_of, started, uploaded
from tests.imports.pages import made_run

pytestmark = pytest.mark.django_db


def test_it_calls_a_worker_for_each_due_run_once(alice):
    for _ in range(3):
        made_run(alice, RunState.SENDING, wake_at=timezone.now())
    call_workers()
    call_workers()
    assert queued(work_on_next) == 3


def test_it_calls_nobody_when_nothing_is_due(alice):
    made_run(alice, RunState.SENDING, wake_at=timezone.now() + timedelta(minutes=1))
    call_workers()
    assert queued(work_on_next) == 0


def test_it_checks_or_sends_the_run_that_is_next(alice, sandbox, tmp_path):
    checking = uploaded(alice, tmp_path, csv_of(2), "Other")
    Run.objects.update(state=RunState.CHECKING, wake_at=timezone.now() - timedelta(hours=1))
    sending = started(alice, tmp_path, csv_of(2))
    work_on_next.func()
    checking.refresh_from_db()
    assert checking.state == RunState.CHECKED
    work_on_next.func()
    sending.refresh_from_db()
    assert sending.rows_ready == 2
    assert sending.state == RunState.FINISHED


def test_a_task_too_many_does_nothing(alice):
    run = made_run(alice, RunState.PAUSED, wake_at=timezone.now())
    work_on_next.func()
    run.refresh_from_db()
    assert (run.state, run.turn_token) == (RunState.PAUSED, "")


def test_a_run_that_breaks_its_worker_lets_others_have_theirs(alice, monkeypatch):
    broken = made_run(alice, RunState.SENDING, wake_at=timezone.now() - timedelta(hours=1))
    healthy = made_run(alice, RunState.SENDING, wake_at=timezone.now())
    worked_on = []

    def advance(run_id):
        worked_on.append(run_id)
        raise RuntimeError

    monkeypatch.setattr(sending, "advance", advance)
    for _ in range(3):
        try:
            work_on_next.func()
        except RuntimeError:
            continue
    assert worked_on == [broken.pk, healthy.pk]
