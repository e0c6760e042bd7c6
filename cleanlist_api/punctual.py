"""Connections whose answer begins before the read timeout, or not at all.

A socket's timeout starts anew with every byte, so headers that drip in one by one would
outlast it by hours. Here the wait for status and headers as a whole ends on time; the
transport itself watches the body.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.response import HTTPResponse


class _PunctualHTTP(HTTPConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _Watch(self.sock, self.timeout):
            return super().getresponse()


class _PunctualHTTPS(HTTPSConnection):
    def getresponse(self) -> HTTPResponse:  # type: ignore[override]
        with _Watch(self.sock, self.timeout):
            return super().getresponse()


class _HTTPPool(HTTPConnectionPool):
    ConnectionCls = _PunctualHTTP


class _HTTPSPool(HTTPSConnectionPool):
    ConnectionCls = _PunctualHTTPS


POOLS: dict[str, Any] = {"http": _HTTPPool, "https": _HTTPSPool}


class _Watch:
    """Shuts the socket down when the time is over, and calls that a timeout."""

    def __init__(self, sock: Any, seconds: Any) -> None:
        self._sock = sock
        self._is_late = False
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *exception: object) -> None:
        self._timer.cancel()
        if self._is_late:
            # With or without an exception: headers cut short look complete to http.client.
            raise TimeoutError

    def _cut(self) -> None:
        self._is_late = True
        with suppress(OSError):
            # Below TLS: its own goodbye would wait for the other side.
            socket.socket.shutdown(self._sock, socket.SHUT_RDWR)
