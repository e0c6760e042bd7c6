"""The gate every call passes: key, limits, scripted faults, one transaction, the ledger."""

from __future__ import annotations

import hashlib
import json
import logging
import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import cast

from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import Resolver404, resolve

from sandbox import auth, errors, faults, ledger, limits, switches, workflows
from sandbox.auth import ApiKey, ApiRequest
from sandbox.faults import Fault
from sandbox.server import cut
from sandbox.world import World, current

PREFIXES = ("/api/v1/public", "/api/v2")
OPEN_PAGES = ("/docs", "/openapi.json")
BODY_CAP = 20 * 1024 * 1024
NOBODY = ApiKey("", "", "", auth.STRANGER)

log = logging.getLogger("sandbox")


class _WorldEnded(Exception):
    """The world was reset while the call was on its way."""


class Gate:
    """Django middleware; only calls under the two API prefixes are gated."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request_id = f"req_{secrets.token_hex(8)}"
        prefix = _gated_prefix(request.path)
        if prefix is None:
            response = self.get_response(request)
        else:
            call, world = cast(ApiRequest, request), current()
            call.request_id, call.prefix, call.world_age = request_id, prefix, world.age
            try:
                response = self._admit(call, world)
            except _WorldEnded:
                response = _cut_off(request)
        response["X-Request-Id"] = request_id
        if isinstance(response, HttpResponse) and not isinstance(response, _Half):
            response["Content-Length"] = str(len(response.content))
        return response

    def _admit(self, request: ApiRequest, world: World) -> HttpResponseBase:
        length = request.headers.get("Content-Length") or "0"
        if length.isdecimal() and int(length) > BODY_CAP:
            return errors.reply(errors.too_large("The body is too large."), request.request_id)
        key = auth.key_of(request)
        if key is None:
            return _refused(request, world)
        _identify(request, key)
        with _transaction(request, world) as db:
            refusal = limits.count(db, key, switches.load(db))
            fault = None if refusal else faults.take(db, request)
        if refusal is not None:
            return _recorded(request, world, errors.reply(refusal, request.request_id), None)
        return self._serve(request, world, fault)

    def _serve(
        self, request: ApiRequest, world: World, fault: Fault | None
    ) -> HttpResponseBase:
        if fault is None:
            return self._perform(request, world, None)
        time.sleep(fault.seconds)
        if fault.kind == "cut_before":
            return _recorded(request, world, _cut_off(request), fault)
        answer = faults.canned(fault, request.key, request.request_id)
        if answer is not None:
            return _recorded(request, world, answer, fault)
        response = self._perform(request, world, fault)
        return _spoil(request, cast(HttpResponse, response), fault)

    def _perform(
        self, request: ApiRequest, world: World, fault: Fault | None
    ) -> HttpResponseBase:
        """The call itself: effects, request entry and settled workflows in one commit."""
        with _transaction(request, world) as db:
            request.db, request.clock, request.seed = db, world.clock, world.seed
            workflows.tick(db, world.seed, world.clock)
            db.execute("SAVEPOINT call")
            response = _as_json(request, self.get_response(request))
            if response.status_code >= 400:
                db.execute("ROLLBACK TO call")
            db.execute("RELEASE call")
            _record(request, world, response.status_code, fault)
        return response


@contextmanager
def _transaction(request: ApiRequest, world: World) -> Iterator[sqlite3.Connection]:
    with world.store.transaction() as db:
        if request.world_age != world.age:
            raise _WorldEnded
        yield db


def _gated_prefix(path: str) -> str | None:
    """The API prefix of a path the API knows; None when the call needs no key."""
    prefix = next((known for known in PREFIXES if path.startswith(known + "/")), None)
    if prefix is None or path.removeprefix(prefix) in OPEN_PAGES:
        return None
    try:
        resolve(path)
    except Resolver404:
        return None
    return prefix


def _identify(request: ApiRequest, key: ApiKey) -> None:
    request.key, request.person = key, key.person
    request.organization_id = key.person.organization.organization_id


def _refused(request: ApiRequest, world: World) -> HttpResponseBase:
    _identify(request, NOBODY)
    if request.path.endswith("/auth/validate-key"):
        answer: HttpResponse = JsonResponse({"detail": "Not authenticated"}, status=401)
    else:
        answer = errors.reply(errors.not_authenticated(), request.request_id)
    return _recorded(request, world, answer, None)


def _recorded(
    request: ApiRequest, world: World, response: HttpResponseBase, fault: Fault | None
) -> HttpResponseBase:
    with _transaction(request, world) as db:
        request.db = db
        _record(request, world, response.status_code, fault)
    return response


def _record(request: ApiRequest, world: World, status: int, fault: Fault | None) -> None:
    ledger.record(
        request.db,
        world.clock.now,
        "request",
        method=request.method,
        path=request.path,
        key=request.key.secret,
        idempotency_key=_idempotency_key(request),
        body_sha256=hashlib.sha256(request.body).hexdigest(),
        status=0 if fault is not None and fault.kind == "cut_before" else status,
        fault=fault.kind if fault else None,
        request_id=request.request_id,
        wall=time.time(),
    )


def _idempotency_key(request: HttpRequest) -> str | None:
    if request.method != "POST" or b'"idempotency_key"' not in request.body:
        return None
    try:
        body = json.loads(request.body)
    except ValueError:
        return None
    key = body.get("idempotency_key") if isinstance(body, dict) else None
    return key if isinstance(key, str) else None


def _as_json(request: ApiRequest, response: HttpResponseBase) -> HttpResponseBase:
    if response.status_code != 405:
        return response
    fault = errors.ApiFault(
        405, "method_not_allowed", f"{request.method} is not possible on this path."
    )
    answer = errors.reply(fault, request.request_id)
    answer["Allow"] = response["Allow"]
    return answer


def _cut_off(request: HttpRequest) -> HttpResponse:
    cut(request.META["sandbox.socket"])
    return HttpResponse(status=499)


def _spoil(request: ApiRequest, response: HttpResponse, fault: Fault) -> HttpResponseBase:
    if fault.kind == "cut_after":
        return _cut_off(request)
    if fault.kind == "cut_middle":
        return _Half(response, request)
    return faults.spoiled(fault, response, request.request_id)


class _Half(HttpResponse):
    """Promises the whole body, sends half of it and closes."""

    def __init__(self, whole: HttpResponse, request: HttpRequest) -> None:
        body = whole.content
        super().__init__(body[: len(body) // 2], content_type=whole["Content-Type"])
        self.status_code = whole.status_code
        self["Content-Length"] = str(len(body))
        self.connection = request.META["sandbox.socket"]

    def close(self) -> None:
        super().close()
        cut(self.connection)
