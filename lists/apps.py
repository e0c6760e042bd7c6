from __future__ import annotations

from importlib import import_module

from django.apps import AppConfig


class ListsConfig(AppConfig):
    name = "lists"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("lists.tasks")
