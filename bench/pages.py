"""What a page costs: processor time, queries, bytes; in process, as gunicorn would call it."""

from __future__ import annotations

import gzip
import json
import re
import sys
import time
from html import unescape
from typing import Any
from unittest.mock import patch

from bench import world

ROUNDS = 9
HTMX = {"HX-Request": "true"}
WATCHER = HTMX | {"HX-Target": "run"}
FINDER = HTMX | {"HX-Target": "list-choices"}
LIST = "list-00007"


class Visitor:
    """Calls the application as a server would, with one person's session."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application
        from django.test import RequestFactory

        from people.models import Person

        self._application = get_wsgi_application()
        self._requests = RequestFactory()
        self.cookie = cookie_of(Person.objects.get(username="olga"))

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        more = {"Accept-Encoding": "gzip", "Cookie": self.cookie} | (headers or {})
        environ = self._requests.get(path, headers=more).environ
        told: list[str] = []

        def start_response(status: str, _: Any, __: Any = None) -> Any:
            told.append(status)

        answer = self._application(environ, start_response)
        body = b"".join(answer)
        answer.close()
        return int(told[0].split()[0]), body


def cookie_of(person: Any) -> str:
    """The cookie of a new session of `person`."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = str(person.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def measure(
    visitor: Visitor, path: str, headers: dict[str, str] | None = None
) -> dict[str, Any]:
    """Milliseconds of processor time (median), queries, bytes on the wire and status."""
    from django.db import connection, reset_queries

    for _ in range(2):
        status, body = visitor.get(path, headers)
    took = []
    for _ in range(ROUNDS):
        start = time.process_time()
        visitor.get(path, headers)
        took.append(1000 * (time.process_time() - start))
    connection.force_debug_cursor = True
    reset_queries()
    visitor.get(path, headers)
    queries = [query["sql"] for query in connection.queries_log]
    connection.force_debug_cursor = False
    return {
        "ms": sorted(took)[ROUNDS // 2],
        "took": took,
        "queries": len(queries),
        "bytes": len(body),
        "status": status,
        "sql": queries,
    }


def pages() -> dict[str, tuple[str, dict[str, str]]]:
    """Name -> address and headers."""
    small, vast = world.RUNS - 2, world.RUNS
    leads = "/lists/list-00000/"
    return {
        "sign of life": ("/healthz", {}),
        "lists, 50": ("/lists/", {}),
        "lists, 100": ("/lists/?size=100", {}),
        "leads, 100": (leads, {}),
        "leads, 100, part": (leads, HTMX | {"HX-Target": "leads"}),
        "leads, 500": (f"{leads}?size=500", {}),
        "imports": ("/imports/", {}),
        "imports, last page": ("/imports/?page=100", {}),
        "upload": ("/imports/new", {}),
        "upload, a name typed": (f"/imports/new?find=spring&list={LIST}", FINDER),
        "run, 10 calls": (f"/imports/{small}/", {}),
        "run, 1,667 calls": (f"/imports/{vast}/", {}),
        "enrichment": ("/enrichment/", {}),
        "credits": ("/credits/", {}),
        "settings": ("/settings/", {}),
        "people": ("/people/", {}),
        "my page": ("/people/me", {}),
        "notices": ("/people/notices", {}),
    }


def main() -> None:
    world.set_up()
    visitor = Visitor()
    found = {}
    for name, (path, headers) in pages().items():
        found[name] = measure(visitor, path, headers)
        if "-v" in sys.argv:
            print(name, *found[name].values(), sep="\n   ")
    found |= watching(visitor)
    print(json.dumps(found))


def watching(visitor: Visitor) -> dict[str, Any]:
    """A poll to which nothing is new; one that is sent what another's look had rendered;
    and one for which it is rendered."""
    from imports.views import run

    small, vast = (f"/imports/{number}/" for number in (world.RUNS - 2, world.RUNS))
    found = {}
    for name, page in (("watch", small), ("watch, 1,667 calls", vast)):
        address = _poll(visitor.get(page)[1])
        found[f"{name}, nothing new"] = measure(visitor, address, WATCHER)
    old = re.sub(r"v=[\d.]+\.o", "v=1.1.o", _poll(visitor.get(small)[1]))
    found["watch, sent"] = measure(visitor, old, WATCHER)
    with patch.object(run, "parts", AlwaysAnew()):
        found["watch, rendered"] = measure(visitor, old, WATCHER)
    return found


class AlwaysAnew:
    """Stands for what a process remembers, and remembers nothing."""

    def get(self, key: object, token: str, seconds: float, make: Any) -> Any:
        return make()


def _poll(body: bytes) -> str:
    """The address a run's page asks next."""
    page = gzip.decompress(body).decode() if body[:2] == b"\x1f\x8b" else body.decode()
    asked = re.search(r'data-poll hx-get="([^"]+)"', page)
    assert asked is not None
    return unescape(asked[1])


if __name__ == "__main__":
    main()
