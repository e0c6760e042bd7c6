from __future__ import annotations

import io
import os
import signal
import subprocess
import sys
import time

import pytest

from cleanlist_portal.children import Child
from cleanlist_portal.supervisor import PATIENCE, Supervisor

LOYAL = "import time; print('up', flush=True); time.sleep(60)"
PARENT = """
import sys
from cleanlist_portal.supervisor import Supervisor
supervisor = Supervisor()
child = supervisor.add("web", sys.executable, "-S", "-c", "{child}", stage=1)
print(child.process.pid, flush=True)
supervisor.run_until(lambda: False)
"""
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + LOYAL


class Sheet(io.BytesIO):
    def isatty(self) -> bool:
        return False


@pytest.fixture
def supervisor():
    supervisor = Supervisor(Sheet())
    yield supervisor
    supervisor.stop_requests = 2
    supervisor.stop()


def log(supervisor: Supervisor) -> list[str]:
    return supervisor._out.getvalue().decode().splitlines()


def add(supervisor: Supervisor, name: str, script: str, stage: int = 1) -> Child:
    return supervisor.add(name, sys.executable, "-S", "-c", script, stage=stage)


def says(supervisor: Supervisor, line: str) -> bool:
    return supervisor.run_until(lambda: line in log(supervisor), 20)


def test_it_prefixes_and_aligns_the_lines_of_its_children(supervisor):
    add(supervisor, "web", LOYAL)
    add(supervisor, "worker1", LOYAL)
    assert says(supervisor, "web     | up")
    assert says(supervisor, "worker1 | up")


def test_it_shows_the_last_line_of_a_child_that_dies(supervisor):
    add(supervisor, "web", "print('farewell', flush=True); raise SystemExit(3)")
    assert says(supervisor, "web | farewell")
    assert says(supervisor, "web | ended with code 3, starts again in 0.5 s")


def test_it_starts_a_killed_child_again(supervisor):
    child = add(supervisor, "web", LOYAL)
    assert says(supervisor, "web | up")
    os.kill(child.process.pid, signal.SIGKILL)
    assert supervisor.run_until(lambda: log(supervisor).count("web | up") == 2, 20)


def test_it_waits_longer_after_each_crash():
    child = Child("web", [])
    pauses = []
    for child.crashes in range(6):
        pauses.append(child.pause)
    assert pauses == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0]


def test_it_gives_up_waiting_after_the_time_allowed(supervisor):
    assert not supervisor.run_until(lambda: False, 0.2)


def test_a_request_to_stop_ends_the_wait(supervisor):
    supervisor.stop_requests = 1
    with pytest.raises(KeyboardInterrupt):
        supervisor.run_until(lambda: False, 5)


def test_it_stops_the_highest_stage_first(supervisor):
    script = (
        "import signal, sys, time\n"
        "def stop(*_): print('bye', flush=True); sys.exit()\n"
        "signal.signal(signal.SIGTERM, stop); print('up', flush=True); time.sleep(60)"
    )
    for name, stage in (("a", 1), ("b", 2), ("c", 3)):
        add(supervisor, name, script, stage)
        assert says(supervisor, f"{name} | up")
    supervisor.stop()
    assert log(supervisor)[-3:] == ["c | bye", "b | bye", "a | bye"]


def test_it_kills_who_does_not_stop(supervisor, monkeypatch):
    monkeypatch.setattr("cleanlist_portal.supervisor.PATIENCE", 0.3)
    child = add(supervisor, "web", STUBBORN)
    assert says(supervisor, "web | up")
    supervisor.stop_requests = 1
    supervisor.stop()
    assert not child.is_up


def test_a_second_request_kills_at_once(supervisor):
    child = add(supervisor, "web", STUBBORN)
    assert says(supervisor, "web | up")
    supervisor.stop_requests = 2
    start = time.monotonic()
    supervisor.stop()
    assert (child.is_up, time.monotonic() - start < PATIENCE) == (False, True)


def test_it_cuts_a_line_without_end(supervisor):
    add(
        supervisor,
        "web",
        "import time; print('x' * 200_000, end='', flush=True); time.sleep(60)",
    )
    assert supervisor.run_until(lambda: len("".join(log(supervisor))) > 60_000, 20)


def test_children_do_not_outlive_a_killed_supervisor():
    command = [sys.executable, "-c", PARENT.format(child=LOYAL)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    child = int(parent.stdout.readline())
    parent.kill()
    parent.communicate()
    end = time.monotonic() + 10
    while is_alive(child) and time.monotonic() < end:
        time.sleep(0.05)
    assert not is_alive(child)


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False
