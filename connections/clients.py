"""The one configured connection: its key's identity, its budget, its client."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.conf import settings

from cleanlist_api.budget import Lane, Unlimited
from cleanlist_api.client import CleanlistClient
from cleanlist_api.transport import PAGE, WORKER, Patience, Transport


def client(lane: Lane, patience: Patience | None = None) -> CleanlistClient:
    """Return a client of the configured connection that pays from the given lane.

    A page is patient for 3 s in all, anything else for 60 s, waits for the budget included.
    """
    transport = _transport(settings.CLEANLIST_API_URL, settings.CLEANLIST_API_KEY)
    return CleanlistClient(
        transport, lane, patience or (PAGE if lane is Lane.PAGE else WORKER)
    )


def key_identity() -> str:
    """Return the name of the configured key in tables and caches; the key stays secret."""
    return identity_of(settings.CLEANLIST_API_KEY)


def identity_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def _transport(url: str, key: str) -> Transport:
    return Transport(url, key, Unlimited())
