"""The front door and the sign of health."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs import services as jobs
from people.access import open_to_all


@open_to_all
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("lists:index")


@open_to_all
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers, a worker lives and none is stuck, else 503; for
    machines."""
    try:
        found = jobs.health()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "no answer"}, status=503)
    age = found.seconds_ago
    report = {
        "status": _status_of(found),
        "database": "ok",
        "workers": found.workers,
        "stuck": found.stuck,
        "worker_seconds_ago": None if age is None else round(age, 1),
    }
    return JsonResponse(report, status=200 if report["status"] == "ok" else 503)


def _status_of(found: jobs.Health) -> str:
    if not found.workers:
        return "no worker"
    return "worker stuck" if found.stuck else "ok"
