from __future__ import annotations

from django.apps import AppConfig


class CleanlistPortalConfig(AppConfig):
    name = "cleanlist_portal"
