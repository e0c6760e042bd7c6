"""Real workers, killed, stopped and frozen in the middle of a task.

What a lost task was at work on is found by the next look: tests/imports/test_kill.py.
"""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests import databases
from tests.jobs.crew import Crew

# Nothing here touches the tests' database, but it has to be there to be copied.
pytestmark = [pytest.mark.crash, pytest.mark.django_db]


@pytest.fixture(scope="module")
def everyone(django_db_setup, tmp_path_factory):
    """Works on a copy of the empty test database."""
    folder = tmp_path_factory.mktemp("portal")
    with databases.copy(folder) as database:
        crew = Crew(folder, database)
        yield crew
        crew.dismiss()


@pytest.fixture
def crew(everyone):
    yield everyone
    everyone.clear()


def test_a_killed_worker_keeps_no_other_from_the_tasks_that_wait(crew):
    crew.enqueue("slow", 30)
    crew.start()
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(crew.last_writer(), signal.SIGKILL)
    crew.enqueue("note", 1)
    crew.start()
    crew.wait_for(lambda: crew.words() == ["started", "ran-1"])


def test_a_frozen_worker_keeps_no_other_from_the_tasks_that_wait(crew):
    crew.enqueue("slow", 30)
    crew.start(2)
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(crew.last_writer(), signal.SIGSTOP)
    crew.enqueue("note", 1)
    crew.wait_for(lambda: crew.words() == ["started", "ran-1"])


def test_sigterm_lets_a_polite_task_end_and_exits_cleanly(crew):
    crew.enqueue("polite")
    worker = crew.start()
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(worker, signal.SIGTERM)
    assert crew.exit_code(worker) == 0
    assert crew.words() == ["started", "let go"]


def test_a_second_sigterm_ends_the_running_task(crew):
    crew.enqueue("slow", 30)
    worker = crew.start()
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(worker, signal.SIGTERM)
    time.sleep(0.3)
    os.kill(worker, signal.SIGTERM)
    assert crew.exit_code(worker) == 0
    assert crew.states() == [("FAILED", 1)]


def test_sigterm_ends_an_idle_worker_at_once(crew):
    worker = crew.start()
    crew.enqueue("note", 1)
    crew.wait_for(lambda: crew.words() == ["ran-1"])
    os.kill(worker, signal.SIGTERM)
    assert crew.exit_code(worker) == 0


def test_four_workers_run_every_task_once(crew):
    for number in range(100):
        crew.enqueue("note", number)
    crew.start(4)
    crew.wait_for(lambda: len(crew.words()) >= 100)
    assert sorted(crew.words()) == sorted(f"ran-{number}" for number in range(100))
