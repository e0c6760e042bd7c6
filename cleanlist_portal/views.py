"""The front door and the sign of health."""

from __future__ import annotations

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs.models import lease_length
from jobs.services import sign_of_life
from people.access import open_to_all


@open_to_all
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return redirect("lists:index")


@open_to_all
@never_cache
@require_safe
def health(request: HttpRequest) -> HttpResponse:
    """200 while the database answers and a worker lives, else 503; for machines."""
    try:
        newest = sign_of_life()
    except DatabaseError:
        return JsonResponse({"status": "down", "database": "no answer"}, status=503)
    age = (timezone.now() - newest).total_seconds() if newest else None
    is_well = age is not None and age < lease_length().total_seconds()
    report = {
        "status": "ok" if is_well else "no worker",
        "database": "ok",
        "worker_seconds_ago": None if age is None else round(age, 1),
    }
    return JsonResponse(report, status=200 if is_well else 503)
