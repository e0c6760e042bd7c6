"""The drawer: one lead of the page, and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest

from cleanlist_api.records import Lead
from lists.links import address
from lists.paging import TablePage


@dataclass(frozen=True)
class LeadDrawer:
    """`lead` is None when the address names one that is not on this page."""

    lead: Lead | None
    row: int
    close: str
    previous: str
    next: str


def open_lead(request: HttpRequest, page: TablePage[Lead], lead_id: str) -> LeadDrawer | None:
    """The drawer of `lead_id` on this page, None when none is asked for."""
    if not lead_id:
        return None
    ids = [lead.lead_id for lead in page.rows]
    close = address(request)
    if lead_id not in ids:
        return LeadDrawer(None, 0, close, "", "")
    at = ids.index(lead_id)
    return LeadDrawer(
        lead=page.rows[at],
        row=page.place.row + at,
        close=close,
        previous=address(request, lead=ids[at - 1]) if at else "",
        next=address(request, lead=ids[at + 1]) if at + 1 < len(ids) else "",
    )
