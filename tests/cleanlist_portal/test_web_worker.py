"""One web process, real sockets: what a stranger does to the others' pages."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cleanlist_portal import web_worker

pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parent.parent.parent
THREADS = 8


@pytest.fixture(scope="module")
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tests.cleanlist_portal.small_server"]
    environment = {**os.environ, "PORT": str(port), "WEB_WORKERS": "1", "SILENCE": "1"}
    server = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait(20)


def wait_for(port: int) -> None:
    for _ in range(600):
        try:
            return get(port)
        except ConnectionError:
            time.sleep(0.1)
    raise AssertionError("The server did not start")


def say(port: int, request: bytes) -> socket.socket:
    visitor = socket.create_connection(("127.0.0.1", port), timeout=30)
    visitor.sendall(request)
    return visitor


def get(port: int) -> None:
    with say(port, b"GET / HTTP/1.1\r\nHost: portal\r\nConnection: close\r\n\r\n") as visitor:
        while visitor.recv(4096):
            pass


POST = (
    b"POST /nosuch HTTP/1.1\r\nHost: portal\r\nConnection: close\r\nContent-Length: 9\r\n\r\n"
)


def answered(port: int, request: bytes) -> socket.socket:
    visitor = say(port, request)
    assert visitor.recv(4096).startswith(b"HTTP/1.1 200")
    return visitor


def test_it_serves_others_while_those_who_were_answered_do_not_hang_up(port):
    began = time.monotonic()
    strangers = [answered(port, POST + b"leftovers") for _ in range(6)]
    get(port)
    assert time.monotonic() - began < len(strangers) * web_worker.LINGER_SECONDS / 2
    for stranger in strangers:
        stranger.close()


def test_it_hangs_up_on_one_who_does_not(port):
    with answered(port, POST + b"leftovers") as stranger, pytest.raises(OSError):
        # Only a connection that the other end has closed for good refuses what is written.
        for _ in range(300):
            stranger.sendall(b"x")
            time.sleep(0.1)


def test_it_hangs_up_on_one_who_keeps_talking(port):
    with answered(port, POST) as stranger, pytest.raises(OSError):
        for _ in range(100_000):
            stranger.sendall(b"x" * 4096)


def test_it_delivers_the_whole_answer_before_a_body_nobody_read(port):
    with say(port, POST + b"x" * 9 + b"y" * 30_000) as visitor:
        said = b""
        while piece := visitor.recv(4096):
            said += piece
    assert said.endswith(b"\r\n\r\nok")


def test_it_lets_go_of_threads_whose_visitors_fell_silent(port):
    half = POST.replace(b"/nosuch", b"/read") + b"half"
    strangers = [say(port, half) for _ in range(THREADS)]
    get(port)
    for stranger in strangers:
        stranger.close()
