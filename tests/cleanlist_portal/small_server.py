"""The portal's web server with an app of one line, as a process of its own."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cleanlist_portal.settings")
django.setup()

from cleanlist_portal import web_worker  # noqa: E402
from cleanlist_portal.management.commands.serve import Server  # noqa: E402


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Leaves the body of a POST unread, as a refusal does, unless /read is asked for."""
    if environ["PATH_INFO"] == "/read":
        environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Length", "2")])
    return [b"ok"]


class SmallServer(Server):
    def load(self) -> Callable[..., Any]:
        return answer


if __name__ == "__main__":
    web_worker.MOST_SILENCE_SECONDS = int(os.environ["SILENCE"])
    SmallServer().run()
