"""The one door to the network: budget, deadline, key, retries, one error tree.

The key is sent to the configured origin only, no redirect is followed, no answer of more
than 5 MB is read, and no call outlasts its deadline, however slowly the bytes drip.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import requests
import stamina
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from cleanlist_api import payloads, retry
from cleanlist_api.budget import Budget, Lane
from cleanlist_api.errors import ApiError, BadReply, OverBudget
from cleanlist_api.fields import LONGEST_ID, Fields
from cleanlist_api.outages import unreachable
from cleanlist_api.punctual import POOLS
from cleanlist_api.refusals import clean, error_from

LARGEST_REPLY = 5 * 1024 * 1024
CONNECT_SECONDS = 5.0
# With less than this left, an attempt would burn a slot of the budget for nothing.
LEAST_SECONDS = 0.5
_THIS_MACHINE = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Patience:
    """How many tries, and how many seconds in all (waits for the budget included)."""

    attempts: int
    deadline: float


PAGE = Patience(attempts=2, deadline=3.0)
WORKER = Patience(attempts=3, deadline=60.0)


@dataclass(frozen=True)
class Call:
    """One thing to ask of the API. `path` begins with "/" and follows the base URL.

    `repeatable`: sending it twice has the effect of once (an idempotency key is in it).
    """

    method: str
    path: str
    lane: Lane
    patience: Patience
    params: Mapping[str, str | int] = field(default_factory=dict)
    body: Mapping[str, Any] | None = field(default=None, repr=False)
    is_write: bool = False
    repeatable: bool = True


class Transport:
    """Sends calls to one base URL with one key. One per process will do: reads share
    connections, each write has its own, so that no write meets a stale one."""

    def __init__(
        self,
        base_url: str,
        key: str,
        budget: Budget,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._auth = _Bearer(key)
        self._budget = budget
        self._sleep = sleep
        self._clock = clock
        self._chance = chance
        self._reads = self._new_session()

    def __repr__(self) -> str:
        return f"Transport({self._base_url!r})"

    def send(self, call: Call) -> Fields:
        """Return the JSON object of a success; raise the `ApiError` of the last try."""
        deadline = self._clock() + call.patience.deadline
        tries = _Tries(call, deadline, self._clock, self._chance)
        for attempt in stamina.retry_context(
            on=tries.pause_after, attempts=None, timeout=None
        ):
            with attempt:
                return self._attempt(call, deadline)
        raise AssertionError("a retry loop ends by returning or raising")

    def _attempt(self, call: Call, deadline: float) -> Fields:
        self._wait_for_slot(call.lane, deadline)
        response, body = self._exchange(call, deadline)
        if response.status_code // 100 == 2:
            reply = payloads.fields(body, is_write=call.is_write)
            return Fields({"request_id": _request_id(response), **reply.payload})
        raise self._refusal(call, response, body)

    def _wait_for_slot(self, lane: Lane, deadline: float) -> None:
        while wait := self._budget.take(lane):
            if self._clock() + wait > deadline - LEAST_SECONDS:
                raise OverBudget(
                    "The portal's share of calls to the Cleanlist API is used up for now.",
                    code="over_budget",
                    retry_after=wait,
                )
            self._sleep(wait)

    def _exchange(self, call: Call, deadline: float) -> tuple[requests.Response, bytes]:
        """Send once and read the whole answer, whatever its status."""
        try:
            if call.is_write:
                with self._new_session() as session:
                    return self._talk(session, call, deadline)
            return self._talk(self._reads, call, deadline)
        except (requests.RequestException, HTTPError, OSError) as error:
            failure = unreachable(error, is_write=call.is_write)
        # Raised out here: the exceptions above hold the request, and so the key.
        raise failure

    def _talk(
        self, session: requests.Session, call: Call, deadline: float
    ) -> tuple[requests.Response, bytes]:
        left = max(deadline - self._clock(), LEAST_SECONDS)
        response = session.request(
            call.method,
            self._base_url + call.path,
            params=dict(call.params),
            json=call.body,
            auth=self._auth,
            timeout=(min(left, CONNECT_SECONDS), left),
            allow_redirects=False,
            stream=True,
        )
        with closing(response):
            return response, self._read(response, call, deadline)

    def _read(self, response: requests.Response, call: Call, deadline: float) -> bytes:
        body = bytearray()
        # read1 returns what has arrived, so that a drip can't outlast the deadline.
        while part := response.raw.read1(65_536, decode_content=True):
            body += part
            if len(body) > LARGEST_REPLY:
                raise BadReply(
                    "The Cleanlist API gave an answer of more than 5 MB.",
                    code="too_long",
                    outcome_unknown=call.is_write,
                )
            if self._clock() > deadline:
                raise TimeoutError
        return bytes(body)

    def _refusal(self, call: Call, response: requests.Response, body: bytes) -> ApiError:
        try:
            payload = payloads.parse(body)
        except ValueError:
            payload = None
        error = error_from(
            response.status_code, response.headers, payload, is_write=call.is_write
        )
        if retry.is_rate_limit(error):
            wait = error.retry_after
            self._budget.hold(retry.RATE_WINDOW if wait is None else wait)
        return error

    def _new_session(self) -> requests.Session:
        session = requests.Session()
        adapter = _PunctualAdapter(max_retries=0)
        session.mount("https://", adapter)
        session.mount("http://", adapter)
        session.headers["User-Agent"] = "cleanlist-portal"
        session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        # A proxy of the environment is for the way out, not for this machine.
        session.trust_env = urlsplit(self._base_url).hostname not in _THIS_MACHINE
        return session


class _PunctualAdapter(HTTPAdapter):
    """Requests' own adapter over connections that end on time."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOLS

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOLS
        return manager


class _Bearer(AuthBase):
    """Adds the key to a request. As `auth` it also keeps requests from using a netrc."""

    def __init__(self, key: str) -> None:
        self._key = key

    def __repr__(self) -> str:
        return "Bearer(…)"

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._key}"
        return request


class _Tries:
    """Counts the failures of one call and says after each whether to go on, and when."""

    def __init__(
        self,
        call: Call,
        deadline: float,
        clock: Callable[[], float],
        chance: Callable[[], float],
    ) -> None:
        self._call = call
        self._deadline = deadline
        self._clock = clock
        self._chance = chance
        self._failures = 0

    def pause_after(self, error: Exception) -> float | bool:
        """Return the seconds to wait, or False to give up. A 429 is no failure."""
        if not isinstance(error, ApiError):
            return False
        self._failures += not retry.is_rate_limit(error)
        if self._failures >= self._call.patience.attempts:
            return False
        if not retry.may_retry(error, repeatable=self._call.repeatable):
            return False
        pause = retry.pause(error, self._failures, self._chance())
        is_in_time = self._clock() + pause < self._deadline - LEAST_SECONDS
        return pause if is_in_time else False


def _request_id(response: requests.Response) -> str | None:
    header = response.headers.get("X-Request-ID")
    return clean(header)[:LONGEST_ID] if header else None
