"""A certificate nobody vouches for; F34."""

from __future__ import annotations

import re
import socket
import ssl
import threading
from pathlib import Path

import pytest
import requests

from cleanlist_api import errors
from cleanlist_api.budget import Lane, Unlimited
from cleanlist_api.client import CleanlistClient
from cleanlist_api.transport import Patience, Transport
from tests.live_sandbox import ROOT

SELF_SIGNED = Path(__file__).parent / "self_signed.pem"
ONCE = Patience(attempts=1, deadline=5)


@pytest.fixture
def impostor():
    """An HTTPS server under its own word; yields its address and what it got to read."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(SELF_SIGNED)
    got: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        thread = threading.Thread(target=_serve, args=(door, context, got), daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{door.getsockname()[1]}", got
        thread.join(timeout=5)


def _serve(door, context, got):
    line, _ = door.accept()
    try:
        with context.wrap_socket(line, server_side=True) as safe:
            got.append(safe.recv(1000))
            safe.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")
    except OSError:
        return


def test_f34_it_gives_its_key_to_nobody_who_only_vouches_for_himself(impostor):
    address, got = impostor
    with pytest.raises(errors.Unreachable):
        CleanlistClient(Transport(address, "clapi_x", Unlimited()), Lane.PAGE, ONCE).whoami()
    assert got == []


def test_f34_it_finds_out_a_client_that_does_not_look(impostor):
    address, got = impostor
    with pytest.warns(Warning, match="Unverified HTTPS"):
        requests.get(address, verify=False, timeout=5)
    assert got


def test_f34_no_code_of_ours_turns_the_look_off():
    rooms = ["cleanlist_api", "connections", "imports", "enrichment", "lists", "jobs"]
    files = [file for room in rooms for file in (ROOT / room).rglob("*.py")]
    assert [
        file for file in files if re.search(r"verify\s*=|CERT_NONE", file.read_text())
    ] == []
