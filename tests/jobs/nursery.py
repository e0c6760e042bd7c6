"""Forks workers on demand, so that tests need not load Django for each of them.

Reads `start` (answers the new worker's process id) and `wait PID` (answers its exit code).
"""

from __future__ import annotations

import os
import sys

import django

from cleanlist_portal.children import dies_with


def start() -> int:
    nursery = os.getpid()
    pid = os.fork()
    if pid:
        return pid
    if ask_kernel := dies_with(nursery):
        ask_kernel()
    from jobs.worker import Worker

    try:
        Worker().run()
    except SystemExit as end:
        os._exit(int(end.code or 0))
    except BaseException:
        os._exit(1)
    os._exit(0)


def wait(pid: str) -> int:
    return os.waitstatus_to_exitcode(os.waitpid(int(pid), 0)[1])


if __name__ == "__main__":
    # Only answers go where the test reads; what a task prints goes to the log.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    django.setup()
    for line in sys.stdin:
        command, *words = line.split()
        answer = start() if command == "start" else wait(words[0])
        answers.write(f"{answer}\n")
        answers.flush()
