"""What the portal's other rooms ask of the connection."""

from __future__ import annotations

import time

from django.conf import settings

from cleanlist_api.client import CleanlistClient
from cleanlist_api.errors import NotAllowed, NotFound, NotSignedIn
from cleanlist_api.records import Balance, Whoami
from connections.budget import Meter
from connections.clients import budget, client, key_identity, prepaid_client, take_slot
from connections.readings import Reading, forget, peek, read

__all__ = [
    "Meter",
    "Reading",
    "client",
    "credits",
    "forget",
    "held_for",
    "masked_key",
    "meter",
    "peek",
    "peek_credits",
    "peek_whoami",
    "prepaid_client",
    "read",
    "take_slot",
    "told_whoami",
    "whoami",
    "workspace_name",
]

WHOAMI = ("workspace", "whoami")
CREDITS = ("credits", "balance")
WHOAMI_TTL = 3600.0
CREDITS_TTL = 60.0
TOLD_SECONDS = 60.0
# Each process remembers by itself: key -> when it looked, and who the key is.
_told: dict[str, tuple[float, Whoami | None]] = {}
# Of a shorter key four letters would be too much of it.
MASKABLE = 16


def whoami(*, refresh: bool = False) -> Reading[Whoami]:
    """Whose key it is, at most an hour old."""
    return read(*WHOAMI, _whoami, ttl=WHOAMI_TTL, refresh=refresh)


def credits(*, refresh: bool = False, at_once: bool = False) -> Reading[Balance]:
    """The credits left, at most a minute old; `at_once` takes older ones, as `is_old`."""
    return read(
        *CREDITS,
        lambda api: api.credits_balance(),
        ttl=CREDITS_TTL,
        refresh=refresh,
        at_once=at_once,
    )


def peek_whoami() -> Reading[Whoami]:
    return peek(*WHOAMI)


def peek_credits() -> Reading[Balance]:
    return peek(*CREDITS)


def told_whoami() -> Whoami | None:
    """Whose key it is as far as the API has told, a minute old at most; without a query in
    between."""
    key, now = key_identity(), time.monotonic()
    at, known = _told.get(key, (float("-inf"), None))
    if known is None or now - at > TOLD_SECONDS:
        known = peek_whoami().value
        _told[key] = now, known
    return known


def workspace_name() -> str:
    """The workspace's name, "" until the API has told it."""
    known = told_whoami()
    return (known and known.organization_name) or ""


def meter() -> Meter:
    """Calls of the last minute against the limit of the key; every process counts."""
    return budget().meter()


def held_for() -> float:
    """For how many seconds the API has asked for no calls at all."""
    return budget().held_for()


def masked_key() -> str:
    """The key as a person may see it: enough to tell two apart."""
    key: str = settings.CLEANLIST_API_KEY
    return f"clapi_…{key[-4:]}" if len(key) >= MASKABLE else "clapi_…"


def _whoami(api: CleanlistClient) -> Whoami:
    """Ask who the key is; a legacy key is asked the legacy way. (docs/api-contract.md)"""
    try:
        answer = api.whoami()
    except (NotFound, NotAllowed):
        answer = _legacy_whoami(api)
    budget().learn_organization(answer.organization_id)
    return answer


def _legacy_whoami(api: CleanlistClient) -> Whoami:
    check = api.validate_key()
    if not check.valid or not check.organization_id:
        raise NotSignedIn("The Cleanlist API does not accept the key.", code="invalid_key")
    return Whoami(organization_id=check.organization_id, user_id=check.user_id)
