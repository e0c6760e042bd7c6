from __future__ import annotations

from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from jobs import housekeeping  # noqa: F401
        from jobs.worker import watch_tasks

        watch_tasks()
