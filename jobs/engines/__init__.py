"""What runs tasks: the engine that `TASKS_URL` names, behind the few words the portal needs.

A task says "look now" and nothing else, so an engine may lose or double it: what there is to
do stands in the portal's tables, and whoever looks next finds it.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, Protocol, cast

from django.conf import settings
from django_tasks.base import Task

MODULES = {
    "django_tasks_db.DatabaseBackend": "jobs.engines.database",
    "django_tasks_rq.RQBackend": "jobs.engines.redis",
}


class EngineWorker(Protocol):
    """The engine's own worker."""

    def start(self) -> None:
        """Run tasks, one at a time, until told to stop; main thread, takes SIGTERM."""

    def stop(self) -> None:
        """Have `start` return after the task that runs; from another thread."""


class Engine(Protocol):
    def worker(self, worker_id: str) -> EngineWorker: ...

    def queued(self, task: Task[..., Any]) -> int:
        """Count how often a task waits for a worker."""

    def forget_finished(self) -> None:
        """Drop what is known of tasks that ended, or were lost, long ago."""


def engine() -> Engine:
    """The engine in use."""
    return cast(Engine, import_module(MODULES[settings.TASKS["default"]["BACKEND"]]))
