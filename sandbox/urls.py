"""Where things are: the two API faces, the control endpoints, exported files, health."""

from __future__ import annotations

import difflib
import secrets
from functools import cache

from django.contrib.staticfiles.views import serve
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path, re_path

from sandbox import control, errors, exports
from sandbox.api import faces
from sandbox.errors import ApiFault
from sandbox.gate import PREFIXES
from sandbox.world import current

v1 = faces.make("1", has_legacy=True)
v2 = faces.make("2", has_legacy=False)


def health(request: HttpRequest) -> HttpResponse:
    """For supervisors: no key, not counted, no lock."""
    return JsonResponse({"status": "ok", "seed": current().seed})


def download(request: HttpRequest, export_id: str) -> HttpResponse:
    world = current()
    given = request.GET.get("exp", ""), request.GET.get("sig", "")
    with world.store.transaction() as db:
        body = exports.fetch(db, world.clock.now, export_id, *given)
    if body is None:
        return HttpResponse("The link has expired or was altered.", status=403)
    return HttpResponse(body, content_type="text/csv; charset=utf-8")


@cache
def known_paths() -> list[str]:
    """The full paths of the API, e.g. `/api/v2/lead-lists/<list_id>`."""
    faces_by_prefix = zip(PREFIXES, (v1, v2), strict=True)
    return [
        f"{prefix}/{pattern.pattern}"
        for prefix, face in faces_by_prefix
        for pattern in face.urls[0]
        if str(pattern.pattern) not in ("", "docs", "openapi.json")
    ]


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A 404 that says where to look: wrong addresses of this API are common in the wild."""
    near = difflib.get_close_matches(request.path, known_paths(), n=3, cutoff=0.6)
    prefixed = request.path.startswith(PREFIXES)
    fix = "Check the path." if prefixed else f"Paths start with {' or '.join(PREFIXES)}."
    fault = ApiFault(
        404,
        "not_found",
        f"There is nothing at {request.path}.",
        fix=fix + (f" Near: {', '.join(near)}." if near else ""),
        details={"similar_paths": near, "documentation": "/api/v2/docs"},
    )
    return errors.reply(fault, f"req_{secrets.token_hex(8)}")


urlpatterns = [
    path("_sandbox/health", health),
    path("_sandbox/", control.api.urls),
    path("api/v1/public/", v1.urls),
    path("api/v2/", v2.urls),
    path("files/<str:export_id>.csv", download),
    # The documentation pages' own script and style; no network needed.
    re_path(r"^static/(?P<path>.*)$", serve, {"insecure": True}),
]
handler404 = "sandbox.urls.not_found"
