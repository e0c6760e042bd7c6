"""Serve the pages."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]

from cleanlist_portal.statics import collect_if_changed

KEEPALIVE_SECONDS = 75


class Server(BaseApplication):  # type: ignore[misc]
    """gunicorn in this process: Django is loaded once and shared with the web workers."""

    def load_config(self) -> None:
        address = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        options = {
            "bind": f"{address}:{settings.PORT}",
            "workers": settings.WEB_WORKERS,
            # Threads, so that one slow call to the API holds up one thread.
            "worker_class": "cleanlist_portal.web_worker.WebWorker",
            "threads": 8,
            # Longer than a page waits between two looks, so that a look rarely meets a
            # connection that is just being closed.
            "keepalive": KEEPALIVE_SECONDS,
            "timeout": 60,
            "graceful_timeout": 5,
            "loglevel": "warning",
            "preload_app": True,
            "control_socket_disable": True,
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> WSGIHandler:
        return get_wsgi_application()


class Command(BaseCommand):
    help = "Serve the pages at HOST:PORT; with DEBUG, reload when the code changes."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.DEBUG:
            call_command("runserver", f"{settings.HOST}:{settings.PORT}")
            return
        collect_if_changed()
        connections.close_all()
        Server().run()
