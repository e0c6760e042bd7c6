"""Tasks that exist for the tests: they write what happened into a file."""

from __future__ import annotations

import os
import time
from pathlib import Path

from django_tasks import task

from jobs import stopping


def log(path: str, word: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{word} {os.getpid()}\n")


@task()
def note(path: str, number: int) -> None:
    log(path, f"ran-{number}")


@task()
def slow(path: str, seconds: float) -> None:
    log(path, "started")
    time.sleep(seconds)
    log(path, "ended")


@task()
def polite(path: str) -> None:
    log(path, "started")
    while not stopping.is_asked():
        time.sleep(0.05)
    log(path, "let go")


@task()
def broken() -> None:
    raise ValueError("no good")
