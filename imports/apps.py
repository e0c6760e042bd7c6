from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class ImportsConfig(AppConfig):
    name = "imports"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("imports.tasks")
        triggers = import_module("imports.models.version_triggers")
        pre_migrate.connect(triggers.take_away, sender=self)
        post_migrate.connect(triggers.make, sender=self)
