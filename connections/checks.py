"""Wrong settings stop the portal at the start, each with a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

LOOPBACK = {"127.0.0.1", "localhost", "::1"}


def check_connection(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Look at the address, the key and the limits of the remote API."""
    return [*_address_faults(settings.CLEANLIST_API_URL), *_key_faults(), *_limit_faults()]


def _address_faults(url: str) -> Iterator[CheckMessage]:
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 (raises where the port is no number)
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        yield Error(
            "CLEANLIST_API_URL is not a web address.",
            hint="It looks like https://api.cleanlist.ai/api/v1/public.",
            id="connections.E001",
        )
        return
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        yield Error(
            "CLEANLIST_API_URL must begin with https:// (http only for this machine).",
            hint="Over http anyone on the way could read the API key.",
            id="connections.E002",
        )
    if not parts.path.strip("/"):
        yield Error(
            "CLEANLIST_API_URL lacks its path.",
            hint="Add /api/v1/public or /api/v2.",
            id="connections.E003",
        )
    if parts.query or parts.fragment or parts.username or parts.password:
        yield Error(
            "CLEANLIST_API_URL may hold an address and a path, nothing else.",
            hint="The key goes into CLEANLIST_API_KEY.",
            id="connections.E004",
        )


def _key_faults() -> Iterator[CheckMessage]:
    key: str = settings.CLEANLIST_API_KEY
    if not key.isascii() or not key.isprintable() or " " in key:
        yield Error(
            "CLEANLIST_API_KEY holds a space or a letter that no key has.",
            hint="Copy it again from Cleanlist, Settings, API Keys.",
            id="connections.E005",
        )
    elif not key.startswith("clapi_"):
        yield Warning(
            "CLEANLIST_API_KEY does not begin with clapi_.",
            hint="Keys of the browser extension (clext_) do not work here.",
            id="connections.W001",
        )


def _limit_faults() -> Iterator[CheckMessage]:
    for name in ("RATE_PER_KEY", "RATE_PER_ORGANIZATION", "RATE_WINDOW_SECONDS"):
        if getattr(settings, name) <= 0:
            yield Error(
                f"{name} must be more than 0.",
                hint="The API allows 30 calls a key and 60 an organization in 60 seconds.",
                id="connections.E006",
            )
