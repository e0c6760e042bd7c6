"""What every page of an import asks first: which run, and who may change it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404

from connections import rights
from enrichment.models import EnrichmentType
from imports.models import Run
from imports.services.around import Around, find
from people.access import refuse
from people.http import PortalRequest
from people.models import Role

P = ParamSpec("P")
View = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def get_run(run_id: int) -> Run:
    """The run with its people, or 404. Whoever may view the portal may see every import."""
    people = Run.objects.select_related("created_by", "started_by", "cancelled_by")
    return get_object_or_404(people, pk=run_id)


def run_and_around(run_id: int) -> tuple[Run, Around]:
    """The same with what is around it, for pages that show it."""
    found = find(run_id)
    if found is None:
        raise Http404
    return found.run, found.around


def posting_needs_operator(view: View[P]) -> View[P]:
    """Everybody who may see the page reads it; only operators send its form."""

    @wraps(view)
    def guarded(
        request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if request.method == "POST" and not request.user.may(Role.OPERATOR):
            return refuse(request, Role.OPERATOR)
        return view(request, *args, **kwargs)

    return guarded


def may_operate(request: PortalRequest) -> bool:
    return request.user.may(Role.OPERATOR)


def lack_to_import(enrich: str = EnrichmentType.OFF) -> str:
    """What the API key lacks for an import like that, in words; "" if nothing."""
    if rights.surely_lacks(rights.LISTS_WRITE):
        return rights.lack(rights.LISTS_WRITE, "no leads can be imported")
    if enrich != EnrichmentType.OFF and rights.surely_lacks(rights.ENRICH_WRITE):
        return rights.lack(rights.ENRICH_WRITE, "an import can't enrich its leads")
    return ""
