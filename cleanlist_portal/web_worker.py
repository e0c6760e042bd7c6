"""gunicorn's threaded worker, whose loop waits for no single visitor."""

from __future__ import annotations

import selectors
import socket
import struct
import time
from collections import deque
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker  # type: ignore[import-untyped]

# How long a visitor who was answered may take to hang up, and what they may still say.
LINGER_SECONDS = 2.0
MOST_DRAINED = 1 << 16
# How long a visitor may fall silent in the middle of a request.
MOST_SILENCE_SECONDS = 30


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """Hangs up in the loop's spare time.

    gunicorn waits up to two seconds, in the one loop that serves everybody, for a visitor who
    was told `Connection: close` to hang up (RFC 9112, 9.6), and for ever for a request that
    has begun. Here the loop watches such a connection beside all others, and a thread waits
    for half a minute.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.lingering: deque[TConn] = deque()

    def accept(self, listener: socket.socket) -> None:
        silence = struct.pack("ll", MOST_SILENCE_SECONDS, 0)
        # Whoever is let in has it from the door.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, silence)
        super().accept(listener)

    def finish_request(self, conn: TConn, future: Future[Any]) -> None:
        if _is_to_close(future):
            self._linger(conn)
        else:
            super().finish_request(conn, future)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        while self.lingering and self.lingering[0].timeout <= now:
            self._hang_up(self.lingering[0])

    def _linger(self, conn: TConn) -> None:
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            self.nr_conns -= 1
            conn.close()
            return
        conn.timeout = time.monotonic() + LINGER_SECONDS
        conn.drained = 0
        self.lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))

    def _drain(self, conn: TConn, sock: socket.socket) -> None:
        """Read what is still said, so that the kernel does not cut off the answer."""
        try:
            said = len(sock.recv(MOST_DRAINED))
        except BlockingIOError:
            return
        except OSError:
            said = 0
        conn.drained += said
        if not said or conn.drained >= MOST_DRAINED:
            self._hang_up(conn)

    def _hang_up(self, conn: TConn) -> None:
        self.lingering.remove(conn)
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()


def _is_to_close(future: Future[Any]) -> bool:
    return not future.cancelled() and future.exception() is None and not future.result()
