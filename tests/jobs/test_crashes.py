"""Real workers, killed, stopped and frozen in the middle of a task."""

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


def test_a_task_whose_worker_was_killed_runs_again(crew):
    crew.enqueue("slow", 0.6)
    crew.start(2)
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(crew.last_writer(), signal.SIGKILL)
    crew.wait_for(lambda: crew.states() == [("SUCCESSFUL", 2)])
    assert crew.words() == ["started", "started", "ended"]


def test_a_frozen_worker_loses_its_task_and_its_late_result_is_dropped(crew):
    crew.enqueue("slow", 1.0)
    crew.start(2)
    crew.wait_for(lambda: crew.words() == ["started"])
    frozen = crew.last_writer()
    os.kill(frozen, signal.SIGSTOP)
    crew.wait_for(lambda: crew.words() == ["started", "started"])
    os.kill(frozen, signal.SIGCONT)
    crew.wait_for(lambda: crew.words().count("ended") == 2)
    crew.wait_for(lambda: crew.states() == [("SUCCESSFUL", 2)])


def test_sigterm_lets_a_polite_task_end_and_exits_cleanly(crew):
    crew.enqueue("polite")
    worker = crew.start()
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(worker, signal.SIGTERM)
    assert crew.exit_code(worker) == 0
    assert crew.words() == ["started", "let go"]


def test_a_second_sigterm_puts_the_task_back_and_counts_no_attempt(crew):
    crew.enqueue("slow", 30)
    worker = crew.start()
    crew.wait_for(lambda: crew.words() == ["started"])
    os.kill(worker, signal.SIGTERM)
    time.sleep(0.3)
    os.kill(worker, signal.SIGTERM)
    crew.wait_for(lambda: crew.states() != [("RUNNING", 1)])
    assert (crew.states(), crew.exit_code(worker)) == ([("READY", 0)], 0)


def test_four_workers_run_every_task_once(crew):
    for number in range(100):
        crew.enqueue("note", number)
    crew.start(4)
    crew.wait_for(lambda: len(crew.words()) >= 100)
    assert sorted(crew.words()) == sorted(f"ran-{number}" for number in range(100))
