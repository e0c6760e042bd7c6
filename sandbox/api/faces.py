"""The two API faces (one a prefix): same handlers, error shapes, own documentation page."""

from __future__ import annotations

import logging
from http.client import responses
from typing import Any, cast

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from pydantic import BaseModel

from sandbox import errors
from sandbox.api import enrichment, export, lead_lists, leads, legacy, workspace
from sandbox.auth import ApiRequest
from sandbox.errors import ApiFault
from sandbox.schemas.base import ErrorReply, SchemaReply

log = logging.getLogger("sandbox")

ABOUT = """A stand-in for the Cleanlist API, for development and tests.

Keys: `clapi_sandbox_owner`, `clapi_sandbox_teammate`, `clapi_sandbox_reader`,
`clapi_sandbox_stranger`."""


# What any operation may answer besides its own: documented once, not modelled 25 times.
FAULTS: dict[int, type[BaseModel]] = {
    **dict.fromkeys((400, 401, 403, 404, 409, 413, 429, 500, 503), ErrorReply),
    422: SchemaReply,
}


class Face(NinjaAPI):
    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The document, with the error answers beside each operation's own."""
        document = super().get_openapi_schema(**options)
        schemas = document["components"]["schemas"]
        for model in (ErrorReply, SchemaReply):
            schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(schema.pop("$defs", {}) | {model.__name__: schema})
        for operations in document["paths"].values():
            for operation in operations.values():
                operation["responses"].update(_documented())
        return document


def _documented() -> dict[int, object]:
    return {
        status: {
            "description": responses[status],
            "content": {
                "application/json": {
                    "schema": {"$ref": f"#/components/schemas/{model.__name__}"}
                }
            },
        }
        for status, model in FAULTS.items()
    }


def make(version: str, *, has_legacy: bool) -> Face:
    """One API face with every router of the surface."""
    api = Face(title="Cleanlist API (sandbox)", version=version, description=ABOUT)
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
