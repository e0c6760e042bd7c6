from __future__ import annotations

import itertools
import threading
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from jobs import pulse, stopping
from jobs.engines import database
from jobs.models import WorkerBeat
from jobs.worker import Worker
from tests.jobs import chores

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(monkeypatch):
    monkeypatch.setattr("jobs.periodic._registry", {})  # nothing but what the test enqueues
    # A test's transaction is on this connection; in a worker there is none between tasks.
    monkeypatch.setattr(database.db_worker, "close_old_connections", lambda: None)
    return database.worker("w1")


def test_it_runs_what_waits(worker, tmp_path):
    log = tmp_path / "log"
    chores.note.enqueue(str(log), 1)
    worker.run()
    assert log.read_text().startswith("ran-1 ")
    assert DBTaskResult.objects.get().status == "SUCCESSFUL"


def test_it_leaves_a_task_for_later_alone(worker, tmp_path):
    later = timezone.now() + timedelta(hours=1)
    chores.note.using(run_after=later).enqueue(str(tmp_path / "log"), 1)
    worker.run()
    assert DBTaskResult.objects.get().status == "READY"


def test_it_goes_on_after_a_task_that_raises(worker, tmp_path):
    chores.broken.enqueue()
    chores.note.enqueue(str(tmp_path / "log"), 1)
    worker.run()
    assert [task.status for task in DBTaskResult.objects.order_by("enqueued_at")] == [
        "FAILED",
        "SUCCESSFUL",
    ]


def test_a_task_is_watched_from_its_start_to_its_end(worker, monkeypatch):
    watched = []
    monkeypatch.setattr(pulse, "begin", lambda: watched.append("begin"))
    monkeypatch.setattr(pulse, "end", lambda: watched.append("end"))
    chores.broken.enqueue()
    worker.run()
    assert watched == ["begin", "end"]


def test_sigterm_lets_the_running_task_know(worker, monkeypatch):
    monkeypatch.setattr(stopping, "_asked", threading.Event())
    worker.running_task = True
    worker.shutdown(15, None)
    assert (stopping.is_asked(), worker.running) == (True, False)


def test_it_looks_again_as_soon_as_others_have_written(worker, monkeypatch):
    naps = []
    monkeypatch.setattr(database.time, "sleep", naps.append)
    monkeypatch.setattr(worker._changes, "have_come", lambda: len(naps) == 3)
    worker._wait_for_news()
    assert len(naps) == 3


def test_it_looks_again_after_a_while_though_nobody_wrote(worker, monkeypatch):
    moments = itertools.count()
    naps = []
    monkeypatch.setattr(database.Changes, "ask_every", 0.5)
    monkeypatch.setattr(database.time, "monotonic", lambda: next(moments))
    monkeypatch.setattr(database.time, "sleep", naps.append)
    monkeypatch.setattr(worker._changes, "have_come", lambda: False)
    worker._wait_for_news()
    assert len(naps) == database.LOOK_AGAIN - 1


@pytest.mark.parametrize("error", [OperationalError, InterfaceError])
def test_it_goes_on_once_the_database_answers_again(worker, monkeypatch, caplog, error):
    looks = []

    def look():
        looks.append(1)
        if len(looks) == 1:
            raise error
        worker.stop()

    monkeypatch.setattr(worker, "configure_signals", lambda: None)
    monkeypatch.setattr(worker, "run", look)
    monkeypatch.setattr(database.time, "sleep", lambda seconds: None)
    worker.start()
    assert len(looks) == 2
    assert "The database did not answer" in caplog.text


def test_a_look_at_an_empty_queue_writes_nothing(worker, django_assert_num_queries):
    worker.run()
    with django_assert_num_queries(3) as asked:  # a savepoint around one read
        worker.run()
    assert not [each for each in asked if each["sql"].startswith(("INSERT", "UPDATE"))]


def test_it_leaves_no_trace_when_it_stops(monkeypatch, settings, tmp_path):
    settings.VAR_DIR = tmp_path
    monkeypatch.setattr("jobs.worker.Clock.__enter__", lambda clock: None)
    monkeypatch.setattr("jobs.worker.Clock.__exit__", lambda clock, *_: None)
    monkeypatch.setattr("jobs.threads.connection.close", lambda: None)
    monkeypatch.setattr(database.db_worker, "close_old_connections", lambda: None)
    worker = Worker()
    worker.stop()
    worker.run()
    assert not WorkerBeat.objects.exists()
    assert list((tmp_path / "workers").iterdir()) == []
