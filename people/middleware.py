"""The door: who is not signed in goes to the sign-in page, and comes back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django_htmx.http import HttpResponseClientRedirect

from people.http import PortalRequest

# Where somebody may still go who has to choose a password of their own first.
WITH_ONE_TIME_PASSWORD = {"people:me", "people:sign_in", "people:sign_out"}


class SignInRequired(LoginRequiredMiddleware):
    """Django's own, and besides: htmx, one-time passwords, nothing kept by the browser."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[str, Any],
    ) -> HttpResponseBase | None:
        ours = cast(PortalRequest, request)
        refusal = super().process_view(request, view_func, view_args, view_kwargs)
        is_open = not getattr(view_func, "login_required", True)
        if refusal is None and (is_open or not _must_choose_password(ours)):
            return None
        if ours.htmx:
            return _refuse_fragment(ours, view_func, is_signed_in=refusal is None)
        return refusal or redirect("people:me")

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not response.has_header("Cache-Control"):
            add_never_cache_headers(response)
        return response


def _must_choose_password(request: PortalRequest) -> bool:
    match = request.resolver_match
    is_allowed = match is not None and match.view_name in WITH_ONE_TIME_PASSWORD
    return request.user.has_one_time_password and not is_allowed


def _refuse_fragment(
    request: PortalRequest, view_func: Callable[..., HttpResponseBase], *, is_signed_in: bool
) -> HttpResponseBase:
    """Have htmx open the page where the way in is, instead of swapping that into this one.

    Nothing at all answers what a page asks for by itself, and what is asked from that very
    page: opening it again would ask again.
    """
    page = request.htmx.current_url_abs_path or "/"
    way_in = reverse("people:me") if is_signed_in else reverse("people:sign_in")
    if getattr(view_func, "asked_by_pages", False) or urlsplit(page).path == way_in:
        return HttpResponse(status=204)
    there = way_in if is_signed_in else reverse("people:sign_in", query={"next": page})
    response = HttpResponseClientRedirect(there)
    response.status_code = 401
    return response
