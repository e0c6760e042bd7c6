"""The processes of a portal on several machines: workers and web on the tests' database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import requests
from django.conf import settings

from tests import databases
from tests.live_sandbox import ROOT, Sandbox

# Short enough that a takeover is a matter of seconds.
TURN, SILENT = 1.0, 2


class Team:
    """Starts processes of one portal, each as on a machine of its own, and ends them all."""

    def __init__(self, folder: Path, sandbox: Sandbox, media_root: str) -> None:
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []
        self.environment = {
            **os.environ,
            **sandbox.environ,
            "DATABASE_URL": databases.tests_own().url,
            "SECRET_KEY": str(settings.SECRET_KEY),
            "CACHE_URL": "locmemcache://",
            "MEDIA_ROOT": media_root,
            "TURN_SECONDS": str(TURN),
            "WORKER_SILENT_SECONDS": str(SILENT),
            # A hundred calls a second; a decision costs by how many a window allows.
            "RATE_WINDOW_SECONDS": "1",
            "RATE_PER_KEY": "100",
            "RATE_PER_ORGANIZATION": "200",
            "WEB_WORKERS": "1",
        }

    def worker(self) -> subprocess.Popen[bytes]:
        return self._start("worker")

    def web(self) -> str:
        """Start a web process; return its address once it answers."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        self._start("serve", PORT=str(port))
        address = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(address), "the web process answers")
        return address

    def log(self) -> str:
        return "".join(each.read_text() for each in sorted(self.folder.glob("*.log")))

    def dismiss(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGCONT)
            process.terminate()
        for process in self.processes:
            process.wait(timeout=30)

    def _start(self, command: str, **more: str) -> subprocess.Popen[bytes]:
        number = len(self.processes)
        # A folder each: what they share is the database and the uploads, as between machines.
        own = {
            "VAR_DIR": str(self.folder / f"machine{number}"),
            "SECRET_KEY": str(settings.SECRET_KEY),
        }
        with (self.folder / f"{number}-{command}.log").open("w") as log:
            process = subprocess.Popen(
                [sys.executable, "manage.py", command],
                cwd=ROOT,
                env=self.environment | own | more,
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)
        return process


class Browser(requests.Session):
    """Somebody signed in who meets whichever web process is asked."""

    def __init__(self, cookie: str) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set("sid", cookie)

    def fill_in(self, address: str, fields: dict[str, object], **more: object) -> str:
        """Post a form; return the path it led to."""
        if "csrf" not in self.cookies:
            self.page(address)
        fields = {**fields, "csrfmiddlewaretoken": self.cookies["csrf"]}
        posted = self.post(address, data=fields, allow_redirects=False, timeout=30, **more)
        assert posted.status_code in {302, 303}, posted.text
        return posted.headers["Location"]

    def page(self, address: str) -> str:
        answer = self.get(address, timeout=30)
        assert answer.ok, answer.text
        return answer.text


def wait_until(is_true: Callable[[], bool], what: str, seconds: float = 90) -> None:
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end, f"not within {seconds:g} s: {what}"
        time.sleep(0.05)


def _answers(address: str) -> bool:
    try:
        return requests.get(f"{address}/sign-in", timeout=5).ok
    except requests.ConnectionError:
        return False
