"""The portal and what people use instead, each as a server of its own with the same leads.

Processor time is read from outside, from the clocks the kernel keeps of each process.
"""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench import world
from chaos.crew import free_port

ROOT = Path(__file__).resolve().parent.parent
PEERS = ROOT / ".tools" / "bench" / "bin"
PATIENCE = 60.0
LEADS = 10_000
DATASETTE, ADMIN, PORTAL = "Datasette", "Django admin", "portal"


class NoPeers(Exception):
    """The peers' environment is not there."""


@dataclass(frozen=True)
class Server:
    """A process at `port` of this machine, and the session it is asked with."""

    process: subprocess.Popen[bytes]
    port: int
    cookie: str = ""

    def seconds(self) -> float:
        """Processor time of the process and of those it started, so far."""
        pids = [self.process.pid, *_children(self.process.pid)]
        return sum(time.clock_gettime(_clock_of(pid)) for pid in pids)

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def headers(self, **more: str) -> dict[str, str]:
        """As a browser sends them."""
        return {"Accept-Encoding": "gzip", "Cookie": self.cookie} | more


def tool(name: str) -> str:
    """The path of a peer's command; raises NoPeers."""
    path = PEERS / name
    if not path.exists():
        raise NoPeers(f"{path} is not there. `make bench` installs it.")
    return str(path)


@contextmanager
def portal(place: Path, workers: int = 1) -> Iterator[Server]:
    """The portal of `bench.world` in `place`, as `manage.py serve` serves it."""
    [cookie] = world.apart("bench.cookies", place, "1")
    port = free_port()
    more = {"PORT": str(port), "WEB_WORKERS": str(workers)}
    command = [sys.executable, "manage.py", "serve"]
    with _served(command, port, cookie, world.environ(place) | more) as server:
        yield server


@contextmanager
def admin_and_datasette(folder: Path) -> Iterator[dict[str, Server]]:
    """Both on one table of `LEADS` leads in `folder`."""
    path = folder / "peers.sqlite3"
    environ = dict(os.environ) | {"BENCH_DATABASE": str(path)}
    filled = subprocess.run(
        [sys.executable, "-m", "bench.peer_site.fill", str(LEADS)],
        env=environ, check=True, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    cookie = json.loads(filled.stdout)
    ports = free_port(), free_port()
    options = ["suggest_facets", "off", "default_allow_sql", "off", "allow_facet", "off"]
    settings = [word for n in range(0, 6, 2) for word in ("--setting", *options[n : n + 2])]
    reads = [tool("datasette"), "serve", str(path), "--port", str(ports[1]), *settings]
    gunicorn = [sys.executable, "-m", "gunicorn", "bench.peer_site.wsgi", "--workers", "1"]
    gunicorn += ["--threads", "8", "--bind", f"127.0.0.1:{ports[0]}", "--log-level", "error"]
    with ExitStack() as stack:
        yield {
            ADMIN: stack.enter_context(_served(gunicorn, ports[0], cookie, environ)),
            DATASETTE: stack.enter_context(_served(reads, ports[1], "", environ)),
        }


@contextmanager
def _served(
    command: Sequence[str], port: int, cookie: str, environ: dict[str, str]
) -> Iterator[Server]:
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=environ,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    server = Server(process, port, cookie)
    try:
        _wait_for(server)
        yield server
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(PATIENCE)


def _wait_for(server: Server) -> None:
    end = time.monotonic() + PATIENCE
    while True:
        try:
            connection = server.connect()
            connection.request("GET", "/")
            connection.getresponse().read()
            return
        except OSError:
            if time.monotonic() > end or server.process.poll() is not None:
                raise
            time.sleep(0.1)


def _children(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _clock_of(pid: int) -> int:
    """The processor clock of a process, as Linux numbers them (clock_getcpuclockid)."""
    return (~pid << 3) | 2
