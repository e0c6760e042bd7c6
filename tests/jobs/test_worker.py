from __future__ import annotations

import pytest

from jobs.models import Lease, LeasedTask, Stopping, WorkerBeat
from jobs.worker import BUSY_PAUSE, IDLE_PAUSE, LeaseWorker
from tests.jobs import chores

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setattr("jobs.periodic._registry", {})  # nothing but what the test enqueues
    monkeypatch.setattr("jobs.worker.time.sleep", lambda seconds: None)
    return LeaseWorker("w1")


def test_it_claims_a_task_together_with_its_lease(worker, tmp_path):
    chores.note.enqueue(str(tmp_path / "log"), 1)
    task = worker.claim()
    lease = Lease.objects.get(task_id=task.id)
    assert (task.status, lease.worker_id, lease.token) == ("RUNNING", "w1", task.token)


def test_it_runs_a_task_and_gives_the_lease_up(worker, tmp_path):
    log = tmp_path / "log"
    chores.note.enqueue(str(log), 1)
    worker.take_turn()
    assert log.read_text().startswith("ran-1 ")
    assert LeasedTask.objects.get().status == "SUCCESSFUL"
    assert not Lease.objects.exists()


def test_it_leaves_a_task_for_later_alone(worker, tmp_path, django_user_model):
    from datetime import timedelta

    from django.utils import timezone

    later = timezone.now() + timedelta(hours=1)
    chores.note.using(run_after=later).enqueue(str(tmp_path / "log"), 1)
    assert worker.claim() is None


def test_it_goes_on_after_a_task_that_raises(worker, tmp_path, caplog):
    chores.broken.enqueue()
    worker.take_turn()
    failed = LeasedTask.objects.get()
    assert (failed.status, failed.exception_class_path) == ("FAILED", "builtins.ValueError")
    assert not Lease.objects.exists()


def test_it_looks_less_often_when_idle(worker):
    for _ in range(20):
        worker.take_turn()
    assert worker.pause == IDLE_PAUSE


def test_it_looks_often_again_after_work(worker, tmp_path):
    worker.pause = IDLE_PAUSE
    chores.note.enqueue(str(tmp_path / "log"), 1)
    worker.take_turn()
    assert worker.pause == BUSY_PAUSE


def test_a_result_without_the_lease_is_dropped(worker, tmp_path):
    chores.note.enqueue(str(tmp_path / "log"), 1)
    task = worker.claim()
    Lease.objects.all().delete()
    task.set_successful(None)
    task.set_failed(ValueError("late"))
    assert LeasedTask.objects.get().status == "RUNNING"


def test_a_task_cut_short_goes_back_as_if_never_claimed(worker, tmp_path):
    chores.note.enqueue(str(tmp_path / "log"), 1)
    worker.claim().set_failed(Stopping())
    task = LeasedTask.objects.get()
    assert (task.status, task.worker_ids) == ("READY", [])


def test_a_running_task_knows_whether_the_lease_is_still_its_workers(worker, monkeypatch):
    from jobs import lease

    chores.broken.enqueue()
    task = worker.claim()
    assert lease.still_mine()
    with lease.held(task.id, task.token, lambda: worker.running):
        assert lease.still_mine()
        Lease.objects.all().delete()
        assert not lease.still_mine()


def test_a_running_task_knows_when_its_worker_stops(worker):
    from jobs import lease

    chores.broken.enqueue()
    task = worker.claim()
    worker.running = False
    with lease.held(task.id, task.token, lambda: worker.running):
        assert not lease.still_mine()


def test_an_idle_worker_writes_nothing(worker, django_assert_num_queries):
    worker.take_turn()  # periodic jobs take their turns
    with django_assert_num_queries(2):
        worker.take_turn()


def test_it_leaves_no_trace_when_it_stops(worker, monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr(worker, "take_turn", lambda: setattr(worker, "running", False))
    monkeypatch.setattr("jobs.heart.connection.close", lambda: None)
    worker.run()
    assert not WorkerBeat.objects.exists()
    assert list((tmp_path / "workers").iterdir()) == []
