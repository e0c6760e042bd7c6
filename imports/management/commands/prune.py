"""Delete what is older than the retention allows; the worker does the same once a day."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from imports.services.retention import prune


class Command(BaseCommand):
    help = "Delete files and rows of imports older than RETENTION_DAYS, and orphaned files."

    def handle(self, *args: Any, **options: Any) -> None:
        done = prune()
        self.stdout.write(
            f"{done.runs} ended imports lost their files and rows, {done.drafts} drafts are "
            f"discarded, {done.orphans} files without an import are removed."
        )
        if settings.RETENTION_DAYS <= 0:
            self.stdout.write("RETENTION_DAYS is 0, so imports are kept for ever.")
