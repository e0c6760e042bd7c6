"""The history of imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe
from django_htmx.http import push_url

from imports.forms.history import HistoryForm
from imports.services.history import KINDS, HistoryPage, history_page
from imports.views.access import may_operate
from imports.views.words import TONES
from lists.fragments import answer
from lists.links import address
from people.access import may_view
from people.http import PortalRequest


@dataclass(frozen=True)
class KindLink:
    """A filter chip."""

    label: str
    count: int
    href: str
    current: bool


@may_view
@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every import with its state and sums; refreshes itself while one moves."""
    form = HistoryForm(request.GET)
    filters = form.filters
    page = history_page(filters, form.page_number)
    context: dict[str, Any] = {
        "totals": page.totals,
        "everything": sum(page.totals.values()),
        "form": form,
        "is_filtered": filters.are_set,
        "page": page,
        "kinds": _kinds(request, page, filters.kind),
        "tones": TONES,
        "here": _address(request),
        "newer": _address(request, page=page.newer) if page.newer else "",
        "older": _address(request, page=page.older) if page.older else "",
        "may_operate": may_operate(request),
    }
    response = answer(request, "imports/index.html", context, parts=("imports",))
    if request.htmx and "" in request.GET.values():
        push_url(response, _address(request))
    return response


def _address(request: PortalRequest, **changes: object) -> str:
    """This page's address without what a form sends empty."""
    empty = {name: None for name, value in request.GET.items() if not value}
    return address(request, **empty | changes)


def _kinds(request: PortalRequest, page: HistoryPage, current: str) -> list[KindLink]:
    everything = KindLink(
        "All", page.everything, _address(request, show=None, page=None), current not in KINDS
    )
    offered = [
        KindLink(
            label, page.counts[kind], _address(request, show=kind, page=None), kind == current
        )
        for kind, (label, _) in KINDS.items()
        if page.counts[kind] or kind == current
    ]
    return [everything, *offered]
