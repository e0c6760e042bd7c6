from __future__ import annotations

from typing import Any

from django.apps import AppConfig, apps
from django.core.management import call_command
from django.db.models.signals import post_migrate


class CleanlistPortalConfig(AppConfig):
    name = "cleanlist_portal"

    def ready(self) -> None:
        from cleanlist_portal import housekeeping, post  # noqa: F401

        # Django sends it for apps with tables only, so for one that has some.
        post_migrate.connect(make_cache_table, sender=apps.get_app_config("people"))


def make_cache_table(using: str, **signal: Any) -> None:
    """The cache's table is no model's: without this `migrate` alone would leave it missing."""
    call_command("createcachetable", database=using, verbosity=0)
