"""The audit record of an import, to keep."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from imports.services.manifest import manifest
from imports.views.access import get_run
from people.access import may_view
from people.http import PortalRequest


@may_view
@require_safe
def download(request: PortalRequest, run_id: int) -> HttpResponseBase:
    """What was planned, asked and answered, as one JSON document."""
    run = get_run(run_id)
    response = StreamingHttpResponse(manifest(run), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
    return response
