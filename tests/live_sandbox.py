"""The sandbox as tests use it: one server a test process, a fresh small world a test.

    def test_it_imports(sandbox):
        [fintech] = [each for each in sandbox.lists() if each["name"].startswith("Q3")]
        sandbox.fault("cut_after", path="csv-import")
        ...
        assert len(sandbox.ledger("row_imported")) == 12

What a test asks the `sandbox` object goes through the control endpoints: it costs no call
of the rate limit and leaves no `request` entry in the ledger.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from pytest_django.fixtures import Settings

ROOT = Path(__file__).resolve().parent.parent
OWNER = "clapi_sandbox_owner"
TEAMMATE = "clapi_sandbox_teammate"
READER = "clapi_sandbox_reader"
STRANGER = "clapi_sandbox_stranger"

Json = dict[str, Any]


class Caller(requests.Session):
    """Plain `requests` with a key; paths are relative to the API's base URL."""

    def __init__(self, base_url: str, key: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.base_url = base_url
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        kwargs.setdefault("timeout", 30)
        full = url if url.startswith("http") else self.base_url + url
        return super().request(method, full, *args, **kwargs)


class Sandbox:
    """One sandbox process and what a test may do to it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.state = folder / "sandbox.sqlite3"
        self.port = 0
        self.process: subprocess.Popen[str] | None = None
        self._control = Caller("", None)

    # --- the process ---------------------------------------------------------

    def start(self, *options: str) -> None:
        """Start the process on the port of last time and wait until it answers."""
        command = [sys.executable, "-m", "sandbox", "--port", str(self.port)]
        command += ["--state", str(self.state), "--size", "small", *options]
        errors = (self.folder / "stderr.txt").open("a")
        with errors:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, "SANDBOX_SYNC": "NORMAL"},
            )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("sandbox listening on"), self.errors()
        self.port = int(line.rsplit(":", 1)[1])
        self._control = Caller(f"{self.origin}/_sandbox", None)

    def kill(self) -> None:
        """`kill -9`: nothing is flushed, nothing is said."""
        self._end(force=True)

    def stop(self) -> None:
        """SIGTERM, as a supervisor would."""
        self._end(force=False)

    def _end(self, *, force: bool) -> None:
        if self.process is None:
            return
        if force:
            self.process.kill()
        else:
            self.process.terminate()
        self.process.wait(timeout=20)
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.process = None

    @property
    def is_running(self) -> bool:
        """Asked at its port: a fork of the tests' process has no child to ask after."""
        with socket.socket() as asking:
            return self.process is not None and not asking.connect_ex(("127.0.0.1", self.port))

    def errors(self) -> str:
        return (self.folder / "stderr.txt").read_text()

    # --- where it is ---------------------------------------------------------

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The base URL the portal's setting takes."""
        return f"{self.origin}/api/v1/public"

    @property
    def environ(self) -> dict[str, str]:
        """What a portal process of its own (a worker, a command) needs to talk to it."""
        return {"CLEANLIST_API_URL": self.url, "CLEANLIST_API_KEY": OWNER}

    def client_for(self, key: str | None = OWNER, prefix: str = "/api/v1/public") -> Caller:
        """Plain HTTP with a key, as any client would; these calls are in the ledger."""
        return Caller(self.origin + prefix, key)

    # --- control -------------------------------------------------------------

    def post(self, path: str, **body: Any) -> Json:
        """A control call, e.g. `sandbox.post("/clock", advance=5)`."""
        response = self._control.post(path, json=body)
        assert response.ok, response.text
        return response.json()

    def get(self, path: str, **query: Any) -> Json:
        response = self._control.get(path, params=query)
        assert response.ok, response.text
        return response.json()

    def reset(
        self, *, size: str = "small", limits: bool = False, seed: int = 1, **more: Any
    ) -> None:
        """A new world: small (7 lists, 28 leads) or full; keys: speed."""
        self.post("/reset", size=size, limits=limits, seed=seed, **more)

    def fault(self, kind: str, **more: Any) -> None:
        """Script the next matching call, e.g. `fault("slow", seconds=2, path="whoami")`.

        Keys: method, path (substring or pattern), times, retry_after, seconds, status,
        field, location. Kinds: sandbox/faults.py.
        """
        self.post("/faults", faults=[{"kind": kind, **more}])

    def advance(self, seconds: float) -> None:
        """Move the sandbox's clock; workflows due by then have settled afterwards."""
        self.post("/clock", advance=seconds)

    def speed(self, factor: float) -> None:
        """How fast workflows run by themselves; 0: only when the clock is advanced."""
        self.post("/clock", speed=factor)

    def change(self, **settings: Any) -> Json:
        """Switches: limits, per_key, per_organization, csv_import, reuse_status, list_rows,
        leads_per_second, credits."""
        return self.post("/settings", **settings)

    def enforce_limits(self, per_key: int = 30, per_organization: int = 60) -> None:
        self.change(limits=True, per_key=per_key, per_organization=per_organization)

    def make_list(self, name: str, leads: int = 0, **more: Any) -> str:
        """A list as the test needs it; keys: owner (user_owner, user_teammate, …),
        visibility, folder_id, enriched (share). Its id."""
        [list_id] = self.post("/lists", name=name, leads=leads, **more)["list_ids"]
        return list_id

    def make_lists(self, name: str, times: int, **more: Any) -> list[str]:
        """`times` lists called "name 1", "name 2", …"""
        return self.post("/lists", name=name, times=times, **more)["list_ids"]

    def change_lead(self, lead_id: str, **changes: str | None) -> None:
        """Change a lead as somebody would in the service: email, phone, title, company."""
        self.post("/leads", lead_id=lead_id, **changes)

    def end_workflow(self, workflow_id: str, status: str = "failed") -> None:
        self.post("/workflows/end", workflow_id=workflow_id, status=status)

    # --- what is true there ----------------------------------------------------

    def ledger(self, kind: str | None = None, after: int = 0) -> list[Json]:
        query: Json = {"after": after} | ({"kind": kind} if kind else {})
        return self.get("/ledger", **query)["entries"]

    def calls(self, path: str = "") -> list[Json]:
        """The API calls seen so far whose path contains `path`."""
        return [each for each in self.ledger("request") if path in each["path"]]

    def lists(self) -> list[Json]:
        """Every list of every organization, newest first."""
        return self.get("/lists")["lists"]

    def list_id(self, name: str) -> str:
        """The id of the newest list of this name."""
        return next(each["list_id"] for each in self.lists() if each["name"] == name)

    def leads(self, list_id: str) -> list[Json]:
        """All leads of a list, in the order they came."""
        return self.get(f"/lists/{list_id}/leads")["leads"]

    def emails(self, list_id: str) -> list[str | None]:
        return [lead["email"] for lead in self.leads(list_id)]

    def workflows(self) -> list[Json]:
        """The status of every workflow, oldest first."""
        return self.get("/workflows")["workflows"]

    def credits(self) -> int:
        """The balance of the owner's organization."""
        return self.get("/credits")["credits"]

    def wait_for(self, kind: str, count: int = 1, seconds: float = 10) -> list[Json]:
        """Wait until the ledger has `count` entries of `kind`."""
        end = time.monotonic() + seconds
        while len(entries := self.ledger(kind)) < count:
            assert time.monotonic() < end, f"{len(entries)} of {count} {kind} entries"
            time.sleep(0.05)
        return entries


@pytest.fixture(scope="session")
def sandbox_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    """The process, started once; prefer the `sandbox` fixture."""
    server = Sandbox(tmp_path_factory.mktemp("sandbox"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def sandbox(sandbox_server: Sandbox, settings: Settings) -> Sandbox:
    """A fresh small world, with the portal's settings pointing at it; limits are off."""
    if not sandbox_server.is_running:
        sandbox_server.start()
    sandbox_server.reset()
    settings.CLEANLIST_API_URL = sandbox_server.url
    settings.CLEANLIST_API_KEY = OWNER
    settings.IS_SANDBOX = True
    # A cache of its own: nothing read from an earlier world may answer here.
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": uuid.uuid4().hex,
        }
    }
    return sandbox_server
