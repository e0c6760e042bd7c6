"""The history of imports."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from imports.forms import HistoryForm, asked
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
    query = asked(HistoryForm(request.GET))
    kind = query.get("show", "")
    kind = kind if kind in KINDS else ""
    page = history_page(kind, query.get("page") or 1)
    context: dict[str, Any] = {
        "page": page,
        "kinds": _kinds(request, page, kind),
        "kind": kind,
        "tones": TONES,
        "here": address(request),
        "newer": address(request, page=page.newer) if page.newer else "",
        "older": address(request, page=page.older) if page.older else "",
        "may_operate": may_operate(request),
    }
    return answer(request, "imports/index.html", context, parts=("imports",))


def _kinds(request: PortalRequest, page: HistoryPage, current: str) -> list[KindLink]:
    everything = KindLink(
        "All", page.everything, address(request, show=None, page=None), not current
    )
    offered = [
        KindLink(
            label, page.counts[kind], address(request, show=kind, page=None), kind == current
        )
        for kind, (label, _) in KINDS.items()
        if page.counts[kind] or kind == current
    ]
    return [everything, *offered]
