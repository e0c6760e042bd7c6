"""The HTTP server: one process, one thread a connection, HTTP/1.1 with keep-alive.

One process on purpose: limits and ledger are exact, and `kill -9` ends everything at once.
"""

from __future__ import annotations

import signal
import socket
import threading
from contextlib import suppress
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


class Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 128

    def take(self, bound: socket.socket) -> None:
        """Listen on a socket that is bound already."""
        self.socket.close()
        self.socket = bound
        self.server_address = bound.getsockname()
        self.server_name, self.server_port = bound.getsockname()[:2]
        self.setup_environ()
        self.server_activate()


class Handler(WSGIRequestHandler):
    # Headers and body leave in two writes; without this a delayed ACK costs 40 ms.
    disable_nagle_algorithm = True

    def get_environ(self) -> dict[str, Any]:
        """The WSGI environment plus the socket, which a scripted fault may cut."""
        environ: dict[str, Any] = super().get_environ()
        environ["sandbox.socket"] = self.connection
        return environ

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the ledger records every call."""


def cut(connection: socket.socket) -> None:
    """End the connection now; the client sees it close before (or amid) the answer."""
    with suppress(OSError):  # it may have gone already
        connection.shutdown(socket.SHUT_RDWR)


def serve(bound: socket.socket) -> None:
    """Serve until SIGTERM or SIGINT; prints one line with the address when ready."""
    host, port = bound.getsockname()[:2]
    server = Server((host, port), Handler, bind_and_activate=False)
    server.set_app(get_wsgi_application())
    # The first call should not wait for the endpoints to load.
    assert get_resolver().url_patterns
    server.take(bound)

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"sandbox listening on http://{host}:{port}", flush=True)  # noqa: T201
    server.serve_forever(poll_interval=0.1)
    server.server_close()
