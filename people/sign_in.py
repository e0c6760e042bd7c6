"""Signing in and out, on Django's own views."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from people.access import open_to_all
from people.forms import SignInForm

sign_in = open_to_all(
    LoginView.as_view(
        template_name="people/sign_in.html",
        authentication_form=SignInForm,
        redirect_authenticated_user=True,
    )
)
sign_out = open_to_all(LogoutView.as_view())


def locked_out(
    request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None
) -> HttpResponse:
    """Answer 429 to somebody who guessed too often; axes calls this."""
    wait = int(settings.AXES_COOLOFF_TIME * 3600)
    context = {"minutes": wait // 60, "tries": settings.AXES_FAILURE_LIMIT}
    page = render(request, "people/locked_out.html", context, status=429)
    page["Retry-After"] = str(wait)
    return page
