"""One address, one view, one template: htmx gets a named part of the page it is on."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

log = logging.getLogger(__name__)
# Two bodies live at one address.
VARY = ("HX-Request", "HX-Target")


def answer(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    parts: tuple[str, ...],
    status: int = 200,
) -> HttpResponse:
    """Render the page, or for htmx the one of `parts` that it asks for by its target's id.

    A part is named as the id of its element. A page brought back from htmx's history, or
    swapped in whole, is the whole page.
    """
    part = wanted_part(request, parts)
    name = f"{template}#{part}" if part else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, VARY)
    return response


def after(response: HttpResponse, do: Callable[[], None]) -> None:
    """Do something once the response is sent; that it fails is logged and nobody's trouble."""

    def close() -> None:
        try:
            do()
        except Exception:
            log.exception("What should follow a page failed")

    # Django's own way to end what a response holds; a server calls it after the last byte.
    response._resource_closers.append(close)  # type: ignore[attr-defined]


def wanted_part(request: HttpRequest, parts: tuple[str, ...]) -> str:
    """The part of the page htmx swaps, "" for the whole page."""
    htmx: HtmxDetails = request.htmx  # type: ignore[attr-defined]
    if not htmx or htmx.history_restore_request:
        return ""
    if htmx.target in parts:
        return str(htmx.target)
    return "" if htmx.boosted else parts[0]
