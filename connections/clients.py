"""The one configured connection: its key's identity, its budget, its client."""

from __future__ import annotations

import hashlib
from functools import lru_cache

from django.conf import settings

from cleanlist_api.budget import Lane, Prepaid
from cleanlist_api.client import CleanlistClient
from cleanlist_api.transport import PAGE, WORKER, Patience, Transport
from connections.budget import DatabaseBudget


def client(lane: Lane, patience: Patience | None = None) -> CleanlistClient:
    """Return a client of the configured connection that pays from the given lane.

    A page is patient for 3 s in all, anything else for 60 s, waits for the budget included.
    """
    transport = _transport(settings.CLEANLIST_API_URL, settings.CLEANLIST_API_KEY)
    return CleanlistClient(
        transport, lane, patience or (PAGE if lane is Lane.PAGE else WORKER)
    )


def take_slot(lane: Lane, waiter: str = "") -> float:
    """Take a slot for one call of `prepaid_client`; 0.0 if taken, else seconds to wait.

    `waiter` is who stands in the lane's line, whichever process asks for it.
    """
    return budget().take(lane, waiter)


def prepaid_client(lane: Lane) -> CleanlistClient:
    """Return a client for one call whose slot was taken by `take_slot`.

    It tries once: its caller keeps what came of it and decides on the next try.
    """
    url, key = settings.CLEANLIST_API_URL, settings.CLEANLIST_API_KEY
    once = Patience(attempts=1, deadline=WORKER.deadline)
    return CleanlistClient(Transport(url, key, Prepaid(budget())), lane, once)


def key_identity() -> str:
    """Return the name of the configured key in tables and caches; the key stays secret."""
    return identity_of(settings.CLEANLIST_API_KEY)


def budget() -> DatabaseBudget:
    """Return the budget of the configured key."""
    return DatabaseBudget(key_identity())


def identity_of(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


@lru_cache(maxsize=4)
def _transport(url: str, key: str) -> Transport:
    return Transport(url, key, DatabaseBudget(identity_of(key)))
