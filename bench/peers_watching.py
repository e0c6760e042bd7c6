"""A hundred tabs that watch one import while its calls are answered, one each second.

Real connections to the web server as it is served, with the pauses the pages themselves ask
for. `python -m bench.peers_watching RUN SECONDS` answers the calls.
"""

from __future__ import annotations

import gzip
import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path

from bench import peers, world
from bench.peers import ROOT, Server
from bench.report import Figure

TABS, PEOPLE, WEB_WORKERS = 100, 10, 2
# Seconds until the tabs have found their pause, and of each round.
WARM_UP, ROUND, ROUNDS = 15.0, 10.0, 3
MOST_PERCENT = 10
RUN = world.RUNS - 1
_POLL = re.compile(r'data-poll[^>]* hx-get="([^"]+)"[^>]*hx-trigger="load delay:([\d.]+)s')


@dataclass
class Tab(threading.Thread):
    """Opens the run's page, then asks as its page says until `over`."""

    server: Server
    cookie: str
    over: threading.Event
    asked: int = 0
    sent: int = 0
    problems: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        connection = self.server.connect()
        path, pause = self._next(self._get(connection, f"/imports/{RUN}/", {}), ("", 1.0))
        while path and not self.over.wait(pause):
            answer = self._get(connection, path, {"HX-Request": "true", "HX-Target": "run"})
            self.asked += 1
            path, pause = self._next(answer, (path, pause))

    def _get(
        self, connection: http.client.HTTPConnection, path: str, more: dict[str, str]
    ) -> http.client.HTTPResponse | str:
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"} | more
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        if answer.status == 204:
            return answer
        if answer.status != 200:
            self.problems.append(f"{path} answered {answer.status}")
        self.sent += 1
        return (gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body).decode()

    def _next(
        self, answer: http.client.HTTPResponse | str, before: tuple[str, float]
    ) -> tuple[str, float]:
        """Where and after how many seconds the page asks next."""
        if not isinstance(answer, str):
            told = json.loads(answer.headers["HX-Trigger"])
            return before[0], float(told["unchanged"]["again"])
        found = _POLL.search(answer)
        if not found:
            self.problems.append("a page that does not ask again")
            return "", 0.0
        return unescape(found[1]), float(found[2])


def figures(place: Path) -> Iterator[Figure]:
    cookies = world.apart("bench.cookies", place, str(PEOPLE))
    over = threading.Event()
    with peers.portal(place, WEB_WORKERS) as server:
        tabs = [Tab(server, cookies[n % PEOPLE], over) for n in range(TABS)]
        seconds = WARM_UP + ROUNDS * ROUND + 5
        command = [sys.executable, "-m", "bench.peers_watching", str(RUN), str(int(seconds))]
        answered = subprocess.Popen(command, cwd=ROOT, env=world.environ(place))
        try:
            for tab in tabs:
                tab.start()
            time.sleep(WARM_UP)
            rounds = [_round(server, tabs) for _ in range(ROUNDS)]
        finally:
            over.set()
            answered.terminate()
            answered.wait()
        problems = [problem for tab in tabs for problem in tab.problems]
        assert not problems, problems[:3]
    shares, looks, polls = zip(*rounds, strict=True)
    yield Figure(f"{TABS} tabs, a call answered a second", shares, "% core", MOST_PERCENT)
    yield Figure("  of which one look", looks, "ms")
    yield Figure("  looks a second", polls)


def _round(server: Server, tabs: list[Tab]) -> tuple[float, float, float]:
    """Percent of a core, milliseconds of processor time a look, looks a second."""
    began, asked, spent = time.monotonic(), sum(tab.asked for tab in tabs), server.seconds()
    time.sleep(ROUND)
    took = server.seconds() - spent
    asked = sum(tab.asked for tab in tabs) - asked
    passed = time.monotonic() - began
    return 100 * took / passed, 1000 * took / asked, asked / passed


def _answer_calls(run: int, seconds: int) -> None:
    """Each second one more call of the import is done."""
    world.set_up()
    from django.utils import timezone

    from imports.models import Chunk, ChunkState, Run

    to_go = Chunk.objects.filter(run=run).exclude(state=ChunkState.DONE).order_by("number")
    for pk in to_go.values_list("pk", flat=True)[:seconds]:
        Chunk.objects.filter(pk=pk).update(
            state=ChunkState.DONE, rows_imported=598, rows_skipped=2, request_id=f"req_{pk}"
        )
        Run.objects.filter(pk=run).update(beat_at=timezone.now())
        time.sleep(1)


if __name__ == "__main__":
    _answer_calls(int(sys.argv[1]), int(sys.argv[2]))
