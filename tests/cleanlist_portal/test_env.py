from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from cleanlist_portal.env import private_folder, secret_from_file

ROOT = Path(__file__).resolve().parent.parent.parent


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(autouse=True)
def _usual_umask():
    before = os.umask(0o022)
    yield
    os.umask(before)


def test_it_makes_a_folder_closed_to_others(tmp_path):
    assert mode(private_folder(tmp_path / "var")) == 0o700


def test_it_closes_the_folder_of_an_older_portal(tmp_path):
    folder = tmp_path / "var"
    folder.mkdir(mode=0o755)
    secret_from_file(folder / "secret_key")
    assert mode(private_folder(folder)) == 0o700


def test_it_leaves_a_folder_alone_that_no_portal_made(tmp_path):
    folder = tmp_path / "srv"
    folder.mkdir(mode=0o755)
    assert mode(private_folder(folder)) == 0o755


def headers_with(tmp_path, **settings: str) -> str:
    words = "from django.conf import settings as s; print(s.SECURE_HSTS_SECONDS, "
    words += "s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_HSTS_PRELOAD)"
    environment = {**os.environ, "VAR_DIR": str(tmp_path), **settings}
    environment["DJANGO_SETTINGS_MODULE"] = "cleanlist_portal.settings"
    command = [sys.executable, "-c", words]
    return subprocess.check_output(command, cwd=ROOT, env=environment, text=True).strip()


def test_https_promises_a_year_for_this_host_alone(tmp_path):
    assert headers_with(tmp_path, HTTPS="true") == "31536000 False False"


def test_preload_is_promised_only_if_asked_for(tmp_path):
    asked = headers_with(tmp_path, HTTPS="true", HSTS_PRELOAD="true")
    assert asked == "31536000 True True"


def test_preload_is_nothing_without_https(tmp_path):
    assert headers_with(tmp_path, HSTS_PRELOAD="true") == "0 False False"
