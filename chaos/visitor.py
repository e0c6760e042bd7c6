"""A person who looks at lists at random times and wants to see them as they are now."""

from __future__ import annotations

import random
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPMessage
from typing import IO, Any

# Seconds between two looks, each as likely: about five a minute.
SHORTEST, LONGEST = 4.0, 20.0
# Shown what was known because no slot came free in time: asks again after a moment.
ASKS_AGAIN = 1.0
SEED = 41


class Visitor(threading.Thread):
    """Opens pages with `refresh`, which the portal answers from the API or not at all.

    `waits`: seconds from each first click until the API's answer was there. `put_off`: how
    many clicks were answered with what was known. `problems`: whatever else came back.
    """

    def __init__(self, origin: str, cookie: str, pages: Sequence[str]) -> None:
        super().__init__(daemon=True)
        self.waits: list[float] = []
        self.put_off = 0
        self.problems: list[str] = []
        self._origin, self._cookie, self._pages = origin, cookie, pages
        self._chance = random.Random(SEED)
        self._is_over = threading.Event()
        self._opener = urllib.request.build_opener(_Unfollowed)

    def run(self) -> None:
        while not self._is_over.wait(self._chance.uniform(SHORTEST, LONGEST)):
            self._look(self._chance.choice(self._pages))

    def leave(self) -> None:
        self._is_over.set()
        self.join()

    def _look(self, page: str) -> None:
        began = time.monotonic()
        while not self._is_answered(page) and not self._is_over.is_set():
            self.put_off += 1
            time.sleep(ASKS_AGAIN)
        self.waits.append(time.monotonic() - began)

    def _is_answered(self, page: str) -> bool:
        """A refresh that worked leads to the page; one that did not shows a notice."""
        address = f"{self._origin}{page}?refresh=1"
        request = urllib.request.Request(address, headers={"Cookie": self._cookie})
        try:
            with self._opener.open(request, timeout=30) as answer:
                answer.read()
                return False
        except urllib.error.HTTPError as error:
            if error.code != 302:
                self.problems.append(f"{page} answered {error.code}")
            return True


class _Unfollowed(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> Any:
        return None
