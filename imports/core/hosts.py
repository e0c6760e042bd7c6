"""The host an address names, and whether a company can be known by it."""

from __future__ import annotations

import re
from typing import Final

from imports.core.words import SOCIAL_HOSTS

_HOST = re.compile(
    r"(?:[a-z]+://)?((?:[^\W_][\w-]{0,62}\.)+[^\W\d_][\w-]{1,62})(?::\d+)?(?=$|[/?#])", re.I
)
_LONGEST: Final = 300  # characters of an address that are looked at


def host_of(cell: str) -> str:
    """The host of an address or a bare domain, lower case without `www.`; else empty."""
    found = _HOST.match(cell.strip()[:_LONGEST])
    return found[1].lower().removeprefix("www.") if found else ""


def is_social(host: str) -> bool:
    """Whether a host is a network's own, where a page says nothing about a company."""
    parts = host.split(".")
    return any(".".join(parts[at:]) in SOCIAL_HOSTS for at in range(len(parts) - 1))


def is_page_of_network(cell: str) -> bool:
    """Whether an address is a page on a network: `facebook.com/acme`, not `facebook.com`."""
    return is_social(host_of(cell)) and "/" in cell.split("://")[-1].rstrip("/")
