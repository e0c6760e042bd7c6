"""The page of enrichments."""

from __future__ import annotations

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from enrichment import services
from enrichment.models import Workflow
from lists.forms import table_query
from lists.fragments import answer
from lists.known import names_of
from lists.links import address, table_links
from lists.paging import local_page
from people.access import may_view
from people.http import PortalRequest

SIZE = 50


@may_view
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """All enrichments, newest first, live while one of them runs. Reads only our tables."""
    place = table_query(request.GET, (SIZE,), default=SIZE).place
    total = services.sums(Workflow.objects.all())
    rows = Workflow.objects.order_by("-created_at", "-pk")
    page = local_page(rows, place, total.workflows)
    names = names_of([workflow.list_id for workflow in page.rows])
    context = {
        "sums": total,
        "page": page,
        "rows": [(workflow, names[workflow.list_id]) for workflow in page.rows],
        "links": table_links(request, page, (SIZE,)),
        "live_address": "" if total.is_over else address(request),
    }
    return answer(request, "enrichment/index.html", context, parts=("enrichments",))
