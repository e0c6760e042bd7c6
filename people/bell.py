"""What stands behind the bell: a person's own notices."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from people import notices
from people.access import may_view
from people.forms import UpToForm
from people.http import PortalRequest


@may_view
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    page = notices.page(request.user, request.GET.get("page"))
    context = {
        "page": page,
        "unread": notices.unread_count(request.user),
        "newest": notices.newest(request.user),
        "newer_url": f"?page={page.number - 1}" if page.has_previous() else "",
        "older_url": f"?page={page.number + 1}" if page.has_next() else "",
    }
    return render(request, "people/notices.html", context)


@may_view
@require_safe
def notice(request: PortalRequest, notice_id: int) -> HttpResponse:
    """Open what the notice is about; it counts as read from then on."""
    opened = notices.mark_read(request.user, notice_id)
    if opened is None:
        raise Http404
    return redirect(opened.url)


@may_view
@require_POST
def mark_all_read(request: PortalRequest) -> HttpResponse:
    """Mark all that stood on the page; one that came meanwhile stays unread."""
    form = UpToForm(request.POST)
    if form.is_valid():
        notices.mark_all_read(request.user, form.cleaned_data["up_to"])
    return redirect("people:notices")
