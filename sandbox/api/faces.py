"""The two API faces (one a prefix): same handlers, error shapes, own documentation page."""

from __future__ import annotations

import logging
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from sandbox import errors
from sandbox.api import enrichment, export, lead_lists, leads, legacy, workspace
from sandbox.auth import ApiRequest
from sandbox.errors import ApiFault

log = logging.getLogger("sandbox")

ABOUT = """A stand-in for the Cleanlist API, for development and tests.

Keys: `clapi_sandbox_owner`, `clapi_sandbox_teammate`, `clapi_sandbox_reader`,
`clapi_sandbox_stranger`."""


def make(version: str, *, has_legacy: bool) -> NinjaAPI:
    """One API face with every router of the surface."""
    api = NinjaAPI(title="Cleanlist API (sandbox)", version=version, description=ABOUT)
    for group in (workspace, lead_lists, leads, enrichment, export):
        api.add_router("", group.router)
    if has_legacy:
        api.add_router("", legacy.router)
    api.exception_handler(ApiFault)(_refuse)
    api.exception_handler(ValidationError)(_schema_fault)
    api.exception_handler(HttpError)(_unparsable)
    api.exception_handler(Exception)(_break)
    return api


def _refuse(request: HttpRequest, fault: ApiFault) -> HttpResponse:
    return errors.reply(fault, cast(ApiRequest, request).request_id)


def _schema_fault(request: HttpRequest, fault: ValidationError) -> HttpResponse:
    return JsonResponse({"detail": [_detail(each) for each in fault.errors]}, status=422)


def _detail(fault: dict[str, Any]) -> dict[str, Any]:
    loc = list(fault["loc"])
    # django-ninja names the view's argument in between; the real service does not.
    loc = loc[:1] + loc[2:] if loc[:2] == ["body", "payload"] else loc
    given = fault.get("input")
    shown = given if isinstance(given, int | float | bool | None) else str(given)[:200]
    return {"type": fault["type"], "loc": loc, "msg": fault["msg"], "input": shown}


def _unparsable(request: HttpRequest, fault: HttpError) -> HttpResponse:
    detail = {"type": "json_invalid", "loc": ["body", 0], "msg": fault.message, "input": None}
    return JsonResponse({"detail": [detail]}, status=422)


def _break(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("%s %s broke", request.method, request.path, exc_info=error)
    return errors.reply(errors.broken(), cast(ApiRequest, request).request_id)
