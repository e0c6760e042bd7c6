"""Who may open which page, said on the view itself.

Every view wears exactly one of `open_to_all`, `may_view`, `may_operate`, `may_administer`;
the system check people.E001 refuses to start with a view that wears none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from people.http import PortalRequest
from people.models import Person, Role

EVERYBODY = "everybody"
P = ParamSpec("P")
V = TypeVar("V", bound=Callable[..., HttpResponseBase])
PortalView = Callable[Concatenate[PortalRequest, P], HttpResponseBase]


def open_to_all(view: V) -> V:
    """Let anyone in, signed in or not."""
    setattr(view, "access", EVERYBODY)  # noqa: B010
    return login_not_required(view)


def may_view(view: PortalView[P]) -> PortalView[P]:
    """Let every signed-in person in."""
    return _needs(Role.VIEWER, view)


def may_operate(view: PortalView[P]) -> PortalView[P]:
    """Let in those who import, enrich and change lists."""
    return _needs(Role.OPERATOR, view)


def may_administer(view: PortalView[P]) -> PortalView[P]:
    """Let in those who look after people and settings."""
    return _needs(Role.ADMIN, view)


def asked_by_pages(view: V) -> V:
    """Mark what pages ask for by themselves: signed out, it takes nobody away from what they
    are typing."""
    setattr(view, "asked_by_pages", True)  # noqa: B010
    return view


def refuse(request: HttpRequest, needed: Role) -> HttpResponse:
    """Answer 403 with the role the page needs and the people who can give it."""
    admins = Person.objects.filter(role=Role.ADMIN, is_active=True).order_by("username")
    template = "403.html#refusal" if getattr(request, "htmx", False) else "403.html"
    context = {"needed": needed, "admins": admins}
    return render(request, template, context, status=403)


def _needs(role: Role, view: PortalView[P]) -> PortalView[P]:
    @wraps(view)
    def guarded(
        request: PortalRequest, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        if not request.user.may(role):
            return refuse(request, role)
        return view(request, *args, **kwargs)

    setattr(guarded, "access", role)  # noqa: B010
    return guarded
