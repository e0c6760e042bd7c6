"""What can go wrong with a call, in the API's error envelope.

`ApiFault` is raised anywhere below a view and becomes `{"error": {...}}`. Schema faults do
not pass here: they are `{"detail": [...]}` with 422 (see `api/faces.py`).
"""

from __future__ import annotations

import math
from typing import Any

from django.http import JsonResponse

DOCS = "https://docs.cleanlist.ai/errors/"


class ApiFault(Exception):
    """One refused call: `status`, stable `code`, and words for a person."""

    def __init__(
        self,
        status: int,
        code: str,
        problem: str,
        *,
        cause: str | None = None,
        fix: str | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        **more: object,
    ) -> None:
        super().__init__(problem)
        self.status = status
        self.retry_after = retry_after
        self.body: dict[str, Any] = {
            "code": code,
            "problem": problem,
            "cause": cause,
            "fix": fix,
            "retryable": retryable,
            "retry_after_ms": None if retry_after is None else int(retry_after * 1000),
            "docs_url": DOCS + code.replace("_", "-"),
            **more,
        }


def reply(fault: ApiFault, request_id: str) -> JsonResponse:
    response = JsonResponse(
        {"error": {**fault.body, "request_id": request_id}}, status=fault.status
    )
    if fault.retry_after is not None:
        response["Retry-After"] = str(max(0, math.ceil(fault.retry_after)))
    return response


def not_authenticated() -> ApiFault:
    return ApiFault(
        401,
        "unauthorized",
        "The API key is missing, unknown or revoked.",
        fix="Send 'Authorization: Bearer clapi_…' with an active key.",
    )


def missing_scope(required: str, granted: tuple[str, ...]) -> ApiFault:
    return ApiFault(
        403,
        "insufficient_scope",
        f"This call requires the '{required}' scope, which is not granted to the"
        " authenticating credential.",
        fix="Use a key of a person who holds this scope.",
        details={"required_scopes": [required], "granted_scopes": list(granted)},
    )


def not_found(what: str) -> ApiFault:
    return ApiFault(
        404,
        "not_found",
        f"{what} was not found or is not accessible to you.",
        fix="Check the id, and that it is shared with you.",
    )


def list_protected(name: str) -> ApiFault:
    return ApiFault(
        403,
        "list_protected",
        f"The list '{name}' is protected: it can't be changed or deleted.",
        cause="It collects what the Public API enriches.",
        fix="Move its leads to another list instead.",
    )


def invalid(problem: str, *, code: str = "validation_error", **more: object) -> ApiFault:
    return ApiFault(400, code, problem, **more)  # type: ignore[arg-type]


def out_of_credits(needed: int, available: int) -> ApiFault:
    return ApiFault(
        400,
        "insufficient_credits",
        f"This needs {needed} credits and {available} are available.",
        fix="Top up, or send fewer rows.",
        estimated_cost_credits=needed,
        available_credits=available,
        shortfall_credits=needed - available,
        suggested_actions=["Top up under Settings, Billing."],
    )


def rate_limited(seconds: float, bucket: str, limit: int) -> ApiFault:
    return ApiFault(
        429,
        "rate_limited",
        f"More than {limit} calls in 60 seconds for this {bucket}.",
        fix="Wait as long as Retry-After says.",
        retryable=True,
        retry_after=seconds,
        details={"bucket": bucket, "limit": limit},
    )


def too_large(problem: str, **details: object) -> ApiFault:
    return ApiFault(
        413,
        "payload_too_large",
        problem,
        fix="Send the file in smaller parts.",
        details=details,
    )


def switched_off() -> ApiFault:
    return ApiFault(
        503,
        "feature_disabled",
        "CSV import is switched off at the moment.",
        fix="Try again later.",
        retryable=True,
        retry_after=60,
    )


def broken() -> ApiFault:
    return ApiFault(
        500,
        "internal_error",
        "Something broke on the server.",
        fix="Try again; tell support the request id if it stays.",
        retryable=True,
    )


def unavailable(seconds: float) -> ApiFault:
    return ApiFault(
        503,
        "service_unavailable",
        "The service is not available right now.",
        fix="Try again later.",
        retryable=True,
        retry_after=seconds,
    )
