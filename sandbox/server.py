"""The HTTP server: one process, one thread a connection, HTTP/1.1 with keep-alive.

One process on purpose: limits and ledger are exact, and `kill -9` ends everything at once.
"""

from __future__ import annotations

import signal
import socket
import threading
from typing import Any

from django.core.servers.basehttp import ThreadedWSGIServer, WSGIRequestHandler
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver


class Server(ThreadedWSGIServer):
    daemon_threads = True
    request_queue_size = 128
    allow_reuse_address = True

    def server_bind(self) -> None:
        """Skip the reverse name look-up of the standard library."""
        socket_name = self.server_address
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(socket_name)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(socket_name[0]), self.server_address[1]
        self.setup_environ()


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
    connection.shutdown(socket.SHUT_RDWR)


def serve(host: str, port: int) -> None:
    """Serve until SIGTERM or SIGINT; prints one line with the address when ready."""
    server = Server((host, port), Handler)
    server.set_app(get_wsgi_application())
    # The first call should not wait for the endpoints to load.
    assert get_resolver().url_patterns

    def stop(*_: object) -> None:
        threading.Thread(target=server.shutdown).start()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"sandbox listening on http://{host}:{server.server_port}", flush=True)  # noqa: T201
    server.serve_forever(poll_interval=0.1)
    server.server_close()
