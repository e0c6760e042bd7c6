"""`manage.py run` as a person meets it, against a sandbox of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from tests import databases

pytestmark = pytest.mark.crash

ROOT = Path(__file__).resolve().parent.parent.parent


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@pytest.fixture
def database(tmp_path):
    with databases.blank(tmp_path) as made:
        yield made


@pytest.fixture
def environment(tmp_path, database):
    ours = ("CLEANLIST_API_KEY", "DJANGO_SETTINGS_MODULE")
    return {
        **{name: value for name, value in os.environ.items() if name not in ours},
        "VAR_DIR": str(tmp_path),
        "DATABASE_URL": database.url,
        "PORT": str(free_port()),
        "SANDBOX_PORT": str(free_port()),
        "WORKERS": "1",
        "WEB_WORKERS": "1",
    }


def run(environment) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "run"],
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def lines_until(portal: subprocess.Popen[str], words: str) -> list[str]:
    lines = []
    for line in portal.stdout:
        lines.append(line.rstrip("\n"))
        if words in line:
            return lines
    raise AssertionError("\n".join(lines))


def sign_in(base: str, lines: list[str]) -> requests.Response:
    name, password = re.search(r"user (\S+), password (\S+)", "\n".join(lines)).groups()
    with requests.Session() as browser:
        browser.trust_env = False
        page = browser.get(f"{base}/sign-in", timeout=20).text
        token = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)[1]
        fields = {"username": name, "password": password, "csrfmiddlewaretoken": token}
        return browser.post(f"{base}/sign-in?next=/people/me", data=fields, timeout=20)


def test_it_starts_everything_lets_one_in_and_stops_cleanly(environment):
    portal = run(environment)
    try:
        lines = lines_until(portal, "The portal is at ")
        base = re.search(r"http://\S+", lines[-1])[0].rstrip("/")
        page = sign_in(base, lines)
    finally:
        portal.send_signal(signal.SIGINT)
        rest, _ = portal.communicate(timeout=60)
    assert base == f"http://127.0.0.1:{environment['PORT']}"
    assert "<h1>admin</h1>" in page.text
    assert rest.splitlines()[-1] == "Stopped"
    assert portal.returncode == 0


def test_it_says_in_a_sentence_that_the_port_is_taken(environment):
    with socket.create_server(("127.0.0.1", int(environment["PORT"]))):
        portal = run(environment)
        words, _ = portal.communicate(timeout=60)
    assert portal.returncode == 1
    assert f"can't listen at 127.0.0.1:{environment['PORT']}" in words
    assert f"PORT={int(environment['PORT']) + 10} make run" in words
    assert "Traceback" not in words
