"""Workers, web and sandbox of a portal under trial, each killed and started at will.

Worker and web are the portal's own, forked from a process that has Django loaded.
"""

from __future__ import annotations

import os
import signal
import socket
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable

from chaos.place import SPEED, Place
from chaos.worker import worker

WORKERS = 2
SEEN_OK, SEEN_DOWN = "page shown", "page not there"


class Crew:
    """Keeps the processes; `kill` names a role and puts a new process in its place."""

    def __init__(
        self, place: Place, worker: Callable[[], None] = worker, workers: int = WORKERS
    ) -> None:
        self.place = place
        place.forked(_collect)
        self.worker = worker
        self.workers = [place.fork(worker) for _ in range(workers)]
        self.web = place.fork(_web)
        self.cookie: str = place.forked(_sign_in)
        self.seen: Counter[str] = Counter()

    def kill(self, role: str, which: int = 0) -> None:
        match role:
            case "worker":
                _kill(self.workers[which])
                self.workers[which] = self.place.fork(self.worker)
            case "web":
                _kill(self.web, group=True)
                self.web = self.place.fork(_web)
            case "sandbox":
                self.place.sandbox.kill()
                self.place.sandbox.start("--speed", str(SPEED))

    @property
    def origin(self) -> str:
        from django.conf import settings

        return f"http://127.0.0.1:{settings.PORT}"

    def page(self, path: str) -> str:
        """A page or file, once the web server is there."""
        with urllib.request.urlopen(self._request(path), timeout=30) as page:
            text: str = page.read().decode()
        return text

    def look(self, run: int) -> None:
        """Open the run's page as a person would; count what came of it."""
        try:
            with urllib.request.urlopen(self._request(f"/imports/{run}/"), timeout=5) as page:
                shown = page.url.endswith(f"/imports/{run}/")
                self.seen[SEEN_OK if shown else f"page led to {page.url}"] += 1
        except urllib.error.HTTPError as error:
            self.seen[f"page answered {error.code}"] += 1
        except OSError:
            self.seen[SEEN_DOWN] += 1

    def _request(self, path: str) -> urllib.request.Request:
        return urllib.request.Request(self.origin + path, headers={"Cookie": self.cookie})

    def dismiss(self) -> None:
        for pid in self.workers:
            _kill(pid)
        _kill(self.web, group=True)


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
    return port


def _sign_in() -> str:
    from django.conf import settings
    from django.test import Client

    from people.models import Person

    settings.AXES_ENABLED = False
    client = Client()
    client.force_login(
        Person.objects.get(), backend="django.contrib.auth.backends.ModelBackend"
    )
    name = settings.SESSION_COOKIE_NAME
    return f"{name}={client.cookies[name].value}"


def _collect() -> None:
    from cleanlist_portal.statics import collect_if_changed

    collect_if_changed()


def _web() -> None:
    from cleanlist_portal.management.commands.serve import Server

    os.setsid()
    Server().run()


def _kill(pid: int, *, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not come to lead its group yet
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
