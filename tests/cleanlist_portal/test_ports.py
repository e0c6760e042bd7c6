from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

from cleanlist_portal.ports import answers, is_free


class Teapot(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(418)

    def log_message(self, *args):
        pass


def test_a_port_somebody_listens_at_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert not is_free("127.0.0.1", taken.getsockname()[1])


def test_a_port_nobody_listens_at_is_free():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert is_free("127.0.0.1", port)
    assert not answers("127.0.0.1", port, "/")


def test_any_answer_is_an_answer():
    with HTTPServer(("127.0.0.1", 0), Teapot) as server:
        thread = threading.Thread(target=server.handle_request)
        thread.start()
        assert answers("127.0.0.1", server.server_port, "/")
        thread.join()
