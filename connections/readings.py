"""Cached reads of the API, each with its age.

A page never waits long and never hangs: what is known is shown at once, and what is old is
asked for behind it. One process asks while the others wait a little, and where the API
fails the last known value is shown with its age and the problem. An entry outlives its
freshness by a week for that.

Freshness ends by age, or at once when a write moves the group's generation on.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.core.cache import cache

from cleanlist_api.budget import Lane
from cleanlist_api.client import CleanlistClient
from cleanlist_api.errors import ApiError, NotSignedIn, Unreachable
from connections.clients import client, key_identity

T = TypeVar("T")
KEEP_SECONDS = 7 * 24 * 3600
# Longer than a page's patience, so that the lock outlives the call it guards.
LOCK_SECONDS = 10
WAIT_SECONDS = 2.5
WAIT_STEP = 0.05
# How long nobody asks again after the API did not answer or did not know the key.
QUIET_SECONDS = 15
# Raise it when a cached record changes its shape.
_LAYOUT = 2


@dataclass(frozen=True)
class Reading(Generic[T]):
    """What the portal knows. `problem` is set when the API failed: `value` is then the last
    one known, as of `as_of`, or None. `is_old`: worth asking for anew, behind the page."""

    value: T | None = None
    as_of: datetime | None = None
    problem: ApiError | None = None
    is_old: bool = False


@dataclass(frozen=True)
class _Entry:
    value: Any
    stored_at: float
    generation: int


@dataclass(frozen=True)
class _Known:
    """What the cache holds for one name at one moment."""

    entry: _Entry | None
    generation: int
    outage: ApiError | None

    def is_fresh(self, since: float) -> bool:
        return self.stands and self.entry is not None and self.entry.stored_at >= since

    @property
    def stands(self) -> bool:
        """No write of ours came after it, so that it is old at most."""
        return self.entry is not None and self.entry.generation == self.generation

    def reading(self, problem: ApiError | None = None) -> Reading[Any]:
        if self.entry is None:
            return Reading(problem=problem)
        as_of = datetime.fromtimestamp(self.entry.stored_at, UTC)
        return Reading(self.entry.value, as_of, problem)


def read(
    group: str,
    name: str,
    fetch: Callable[[CleanlistClient], T],
    *,
    ttl: float | None = None,
    refresh: bool = False,
    at_once: bool = False,
) -> Reading[T]:
    """Return `fetch`'s value, from the cache while it is younger than `ttl` seconds.

    `at_once` takes an older one too, as `is_old`: whoever shows it asks again, behind the
    page. What a write of ours has made untrue, or was never read, is waited for all the same.

    Simultaneous misses make one call, in the page lane. Never raises an `ApiError`: it comes
    back as the reading's `problem`. `refresh` asks the API whatever the age.
    """
    now = time.time()
    since = now if refresh else now - (settings.READ_TTL_SECONDS if ttl is None else ttl)
    known = _load(group, name)
    if known.is_fresh(since):
        return known.reading()
    if known.outage and not refresh:
        return known.reading(known.outage)
    if at_once and known.stands and not refresh:
        return replace(known.reading(), is_old=True)
    lock = _key("lock", group, name, str(known.generation))
    if not cache.add(lock, 1, LOCK_SECONDS):
        return _wait(group, name, since)
    try:
        # Another may have stored its answer between the look and the lock.
        known = _load(group, name)
        return known.reading() if known.is_fresh(since) else _fetch(group, name, fetch, known)
    finally:
        cache.delete(lock)


def peek(group: str, name: str) -> Reading[Any]:
    """Return what is known, of any age, without asking the API."""
    known = _load(group, name)
    return known.reading(known.outage)


def forget(group: str) -> None:
    """Let no value of the group count as fresh any more. Called after every write."""
    cache.set(_key("generation", group), time.time_ns(), None)


def _fetch(
    group: str, name: str, fetch: Callable[[CleanlistClient], T], known: _Known
) -> Reading[T]:
    try:
        value = fetch(client(Lane.PAGE))
    except ApiError as problem:
        if isinstance(problem, (Unreachable, NotSignedIn)):
            cache.set(_key("outage"), problem, QUIET_SECONDS)
        return known.reading(problem)
    if known.outage:
        cache.delete(_key("outage"))
    # The generation is the one seen before asking: a write since then makes this stale.
    entry = _Entry(value, time.time(), known.generation)
    cache.set(_key("value", group, name), entry, KEEP_SECONDS)
    return _Known(entry, known.generation, None).reading()


def _wait(group: str, name: str, since: float) -> Reading[Any]:
    """Wait for the value another thread or process is fetching, then take what is there."""
    give_up = time.monotonic() + WAIT_SECONDS
    known = _load(group, name)
    while time.monotonic() < give_up and not known.is_fresh(since) and not known.outage:
        time.sleep(WAIT_STEP)
        known = _load(group, name)
    return known.reading(known.outage)


def _load(group: str, name: str) -> _Known:
    """One look at the cache for all that decides what to do."""
    value, generation = _key("value", group, name), _key("generation", group)
    outage = _key("outage")
    found = cache.get_many([value, generation, outage])
    return _Known(found.get(value), found.get(generation, 0), found.get(outage))


def _key(kind: str, *parts: str) -> str:
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
    return f"reading{_LAYOUT}:{key_identity()}:{kind}:{digest}"
