from __future__ import annotations

from django.apps import AppConfig


class CleanlistPortalConfig(AppConfig):
    name = "cleanlist_portal"

    def ready(self) -> None:
        from cleanlist_portal import housekeeping, post  # noqa: F401
