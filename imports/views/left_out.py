"""The file of values that rows go without."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from imports.services.left_out import left_out_file
from imports.views.access import get_run
from people.access import may_view
from people.http import PortalRequest


@may_view
@require_safe
def values(request: PortalRequest, run_id: int) -> HttpResponseBase:
    """Every value that a row is sent without, in its row, as a file."""
    run = get_run(run_id)
    response = StreamingHttpResponse(
        left_out_file(run), content_type="text/csv; charset=utf-8"
    )
    name = f"{run.file_name.rsplit('.', 1)[0][:100]} - values left out.csv"
    response["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return response
