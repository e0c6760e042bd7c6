"""Run background work until told to stop."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from jobs.worker import Worker


class Command(BaseCommand):
    help = "Run background work until Ctrl-C or SIGTERM. Start as many as you like."
    # `run` and `serve` check the whole portal; a worker starts faster without its pages.
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        Worker().run()
