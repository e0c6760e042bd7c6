from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from connections.checks import check_connection


class ConnectionsConfig(AppConfig):
    name = "connections"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        checks.register(check_connection)
