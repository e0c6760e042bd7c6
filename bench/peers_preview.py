"""From the last byte of a large upload to the page that shows how the file was understood.

Seconds on the clock, for a person waits that long; beside csvkit counting the file's rows.
"""

from __future__ import annotations

import http.client
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench import peers, world
from bench.peers import Server
from bench.people import write_people
from bench.report import Figure

ROUNDS = 3
ROWS, MEGABYTES = 600_000, 125
GOAL_SECONDS, GOAL_RATIO = 1.0, 0.2
TOKEN = "b" * 32
_EDGE = "cleanlist-bench"
_PIECE = 1 << 20


def figures(place: Path) -> Iterator[Figure]:
    ours, counts = [], []
    with world.folder() as folder, peers.portal(place) as server:
        path = folder / "leads.csv"
        write_people(path, ROWS)
        for number in range(ROUNDS):
            ours.append(_upload(server, path, f"Bench {number}"))
            counts.append(_count(path))
    what = f"preview after {MEGABYTES} MB, on the clock"
    yield Figure(what, ours, "s", GOAL_SECONDS)
    yield Figure(what, ours, "s", GOAL_RATIO, "csvstat --count", counts)


def _count(path: Path) -> float:
    started = time.monotonic()
    command = [peers.tool("csvstat"), "--count", str(path)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - started


def _upload(server: Server, path: Path, name: str) -> float:
    """Seconds from the last byte sent to the last byte of the preview."""
    fields = {"csrfmiddlewaretoken": TOKEN, "new_list": name, "list": ""}
    head = "".join(_part(each) + f"\r\n\r\n{value}\r\n" for each, value in fields.items())
    head += _part("file") + f'; filename="{path.name}"\r\nContent-Type: text/csv\r\n\r\n'
    tail = f"\r\n--{_EDGE}--\r\n"
    cookie = f"{server.cookie}; csrf={TOKEN}"
    connection = server.connect()
    connection.putrequest("POST", "/imports/new")
    connection.putheader("Cookie", cookie)
    connection.putheader("Content-Type", f"multipart/form-data; boundary={_EDGE}")
    connection.putheader("Content-Length", str(len(head) + path.stat().st_size + len(tail)))
    connection.endheaders(head.encode())
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            connection.send(piece)
    connection.send(tail.encode())
    sent = time.monotonic()
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 303, (answer.status, body[:500])
    _preview(connection, answer.headers["Location"], cookie)
    return time.monotonic() - sent


def _part(name: str) -> str:
    return f'--{_EDGE}\r\nContent-Disposition: form-data; name="{name}"'


def _preview(connection: http.client.HTTPConnection, path: str, cookie: str) -> None:
    connection.request("GET", path, headers={"Cookie": cookie, "Accept-Encoding": "gzip"})
    answer = connection.getresponse()
    body = answer.read()
    assert answer.status == 200, (answer.status, body[:500])


if __name__ == "__main__":
    from bench.__main__ import main

    sys.exit(main(["preview"]))
