"""Scripted faults: a queue of misbehaviours, each consumed by the calls it matches.

| kind | when | what the client sees |
|---|---|---|
| rate_limited, server_error, unavailable, unauthorized, no_scope, not_found,
  out_of_credits, quote_expired, feature_off, html, redirect | before | that, no effect |
| answer | before | `status`, `body` and `headers` as given, no effect |
| cut_before | before | the connection closes, no effect |
| slow | before | the right answer, `seconds` later |
| cut_after, cut_middle | after | the effect is committed; no byte, or half the bytes, arrive |
| garbage, truncated, wrong_shape, huge, error_after | after | committed; the body is wrong |
"""

from __future__ import annotations

import json
import re
import sqlite3
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from pydantic import BaseModel, ConfigDict, Field, field_validator

from sandbox import errors
from sandbox.auth import ApiKey
from sandbox.errors import ApiFault

Before = Literal[
    "rate_limited",
    "server_error",
    "unavailable",
    "unauthorized",
    "no_scope",
    "not_found",
    "out_of_credits",
    "quote_expired",
    "feature_off",
    "html",
    "redirect",
    "answer",
    "cut_before",
    "slow",
]
After = Literal[
    "cut_after", "cut_middle", "garbage", "truncated", "wrong_shape", "huge", "error_after"
]
REQUIRED = (
    "rows_parsed", "workflow_id", "quote_id", "lists", "leads", "organization_id",
    "credits", "added", "removed", "deleted", "list_id",
)  # fmt: skip
PAGE = "<!doctype html><title>Maintenance</title><h1>We are down for maintenance.</h1>"


class Fault(BaseModel):
    """One entry of `POST /_sandbox/faults`."""

    model_config = ConfigDict(extra="forbid")

    kind: Before | After
    method: str | None = None
    path: str | None = Field(None, description="Substring or regular expression of the path.")
    times: int = Field(1, ge=1)
    retry_after: float | None = Field(None, ge=0, description="Seconds.")
    seconds: float = Field(0.0, ge=0, le=120, description="Wait before anything else.")
    status: int = Field(500, description="Of server_error, error_after and answer.")
    body: Any = Field(None, description="Of answer: JSON, or a text sent as it is.")
    headers: dict[str, str] = Field({}, description="Of answer.")
    field: str | None = Field(None, description="Which field wrong_shape drops.")
    location: str = Field("http://127.0.0.1:9/", description="Where redirect points.")

    @field_validator("path")
    @classmethod
    def _is_a_pattern(cls, path: str | None) -> str | None:
        try:
            re.compile(path or "")
        except re.error as error:
            raise ValueError(f"path is no pattern: {error}") from None
        return path

    def matches(self, method: str, path: str) -> bool:
        if self.method is not None and self.method.upper() != method:
            return False
        return self.path is None or self.path in path or bool(re.search(self.path, path))


def script(db: sqlite3.Connection, wanted: list[Fault]) -> None:
    db.executemany(
        "INSERT INTO faults (spec, times_left) VALUES (?, ?)",
        [(fault.model_dump_json(), fault.times) for fault in wanted],
    )


def take(db: sqlite3.Connection, request: HttpRequest) -> Fault | None:
    """The first scripted fault this call matches, used up by one."""
    for row in db.execute("SELECT id, spec, times_left FROM faults ORDER BY id"):
        fault = Fault.model_validate_json(row["spec"])
        if fault.matches(request.method or "", request.path):
            db.execute(
                "UPDATE faults SET times_left = times_left - 1 WHERE id = ?", (row["id"],)
            )
            db.execute("DELETE FROM faults WHERE times_left <= 0")
            return fault
    return None


def left(db: sqlite3.Connection) -> list[dict[str, object]]:
    rows = db.execute("SELECT spec, times_left FROM faults ORDER BY id")
    return [{**json.loads(row["spec"]), "times": row["times_left"]} for row in rows]


def canned(fault: Fault, key: ApiKey, request_id: str) -> HttpResponseBase | None:
    """The answer of a fault that keeps the call from happening; None for the others."""
    if fault.kind == "html":
        return HttpResponse(PAGE, content_type="text/html")
    if fault.kind == "redirect":
        return HttpResponse(status=307, headers={"Location": fault.location})
    if fault.kind == "answer":
        return _answer(fault)
    refusal = _refusal(fault, key)
    return errors.reply(refusal, request_id) if refusal else None


def _answer(fault: Fault) -> HttpResponse:
    is_text = isinstance(fault.body, str)
    return HttpResponse(
        fault.body if is_text else json.dumps(fault.body),
        status=fault.status,
        content_type="text/plain" if is_text else "application/json",
        headers=fault.headers,
    )


def _refusal(fault: Fault, key: ApiKey) -> ApiFault | None:
    wait = 1.0 if fault.retry_after is None else fault.retry_after
    scopes = key.person.scopes
    match fault.kind:
        case "rate_limited":
            return errors.rate_limited(wait, "key", 30)
        case "server_error":
            return _broken(fault.status)
        case "unavailable":
            return errors.unavailable(wait)
        case "unauthorized":
            return errors.not_authenticated()
        case "no_scope":
            return errors.missing_scope("lists:write", scopes[:3])
        case "not_found":
            return errors.not_found("The list")
        case "out_of_credits":
            return errors.out_of_credits(110, 40)
        case "quote_expired":
            return errors.invalid("The quote has expired.", code="quote_expired")
        case "feature_off":
            return errors.switched_off()
    return None


def _broken(status: int) -> ApiFault:
    fault = errors.broken()
    fault.status = status
    return fault


def spoiled(fault: Fault, response: HttpResponse, request_id: str) -> HttpResponse:
    """The answer of a call that took effect, made wrong."""
    body = response.content
    match fault.kind:
        case "garbage":
            response.content = b"\x00\xffnot json at all<<<"
        case "truncated":
            response.content = body[: len(body) // 2]
        case "huge":
            response.content = body[:-1] + b', "padding": "' + b"x" * 6_000_000 + b'"}'
        case "wrong_shape":
            response.content = _without_a_field(body, fault.field)
        case "error_after":
            return errors.reply(_broken(fault.status), request_id)
    return response


def _without_a_field(body: bytes, field: str | None) -> bytes:
    reply = json.loads(body)
    wanted = [field] if field else [name for name in REQUIRED if name in reply][:1]
    return json.dumps({name: reply[name] for name in reply if name not in wanted}).encode()
