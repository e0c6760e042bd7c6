"""The door: who is not signed in goes to the sign-in page, and comes back afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

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
        if refusal is not None and ours.htmx:
            is_asked_by_page = getattr(view_func, "asked_by_pages", False)
            return HttpResponse(status=204) if is_asked_by_page else _in_htmx(_sign_in(ours))
        if refusal is not None:
            return refusal
        if getattr(view_func, "login_required", True) and _must_choose_password(ours):
            there = reverse("people:me")
            return _in_htmx(there) if ours.htmx else redirect(there)
        return None

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


def _sign_in(request: PortalRequest) -> str:
    """The way in for a fragment: back to the page around it, not to the fragment."""
    page = request.htmx.current_url_abs_path or "/"
    return reverse("people:sign_in", query={"next": page})


def _in_htmx(there: str) -> HttpResponseBase:
    """Have htmx open the page `there` instead of swapping it into the middle of this one."""
    response = HttpResponseClientRedirect(there)
    response.status_code = 401
    return response
