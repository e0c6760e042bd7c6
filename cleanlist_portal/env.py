"""Where settings come from: the environment, then `.env`, then files made on first use."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()  # type: ignore[no-untyped-call]
environ.Env.read_env(BASE_DIR / ".env")


def secret_from_file(path: Path) -> str:
    """Return the secret kept in `path`, making it (mode 600) the first time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text().strip()
    with os.fdopen(handle, "w") as file:
        secret = secrets.token_urlsafe(50)
        file.write(secret)
    return secret


def is_loopback(url: str) -> bool:
    return urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}


def made_folder(path: str) -> str:
    """Return `path`, a folder only this user can read, made if need be."""
    Path(path).mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def private_folder(path: Path) -> Path:
    """Return `path`, closed to other users: sign-ins and leads lie in it.

    A folder that an older portal made is closed as well; one that was there before any
    portal (no secret in it yet) is left as its owner wants it.
    """
    made_folder(str(path))
    if (path / "secret_key").exists() and path.stat().st_mode & 0o077:
        path.chmod(0o700)
    return path
