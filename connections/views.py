"""The connection's pages: credits, settings, and the ring in the top bar."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from connections import services
from connections.notices import notice
from connections.usage import lane_bars, price_list
from people.access import asked_by_pages, may_administer, may_view


@asked_by_pages
@require_safe
@may_view
def frame_status(request: HttpRequest) -> HttpResponse:
    """The calls of this minute and the credits, asked anew where they are old."""
    whoami = services.whoami()
    balance = services.credits()
    context = {
        "meter": services.meter(),
        "balance": balance,
        "problem": balance.problem or whoami.problem,
    }
    return render(request, "connections/frame_status.html", context)


@require_safe
@may_view
def credits(request: HttpRequest) -> HttpResponse:
    """What is left, what things cost, and what the calls of this minute were for."""
    is_behind = "behind" in request.GET
    balance = services.credits(refresh="refresh" in request.GET, at_once=not is_behind)
    context = {
        "balance": balance,
        "notice": notice(balance.problem) if balance.problem else None,
        "prices": price_list(),
        "lanes": lane_bars(),
        "meter": services.meter(),
        "held_for": services.held_for(),
    }
    return render(request, "connections/credits.html", context)


@require_safe
@may_administer
def settings_page(request: HttpRequest) -> HttpResponse:
    """How the portal is connected. Shown, not changed here: it comes from the environment."""
    whoami = services.whoami(refresh="refresh" in request.GET)
    context = {
        "base_url": settings.CLEANLIST_API_URL,
        "key": services.masked_key(),
        "is_sandbox": settings.IS_SANDBOX,
        "whoami": whoami,
        "notice": notice(whoami.problem) if whoami.problem else None,
        "meter": services.meter(),
        "per_key": settings.RATE_PER_KEY,
        "per_organization": settings.RATE_PER_ORGANIZATION,
        "held_for": services.held_for(),
    }
    return render(request, "connections/settings.html", context)
