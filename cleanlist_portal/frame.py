"""What the frame around every page shows.

Nothing is asked for until a template shows it, so a fragment pays nothing; and nothing
here calls the API.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from connections.services import peek_whoami
from imports.models import Run
from jobs.services import is_worker_alive
from lists.models import KnownList
from lists.services import known_total, recent
from people import notices
from people.models import Person, Role

# The navigation item of an app's pages; connections has two, named like their views.
NAV = {app: app for app in ("lists", "imports", "enrichment", "people")}
# A person's own pages, which belong to no item.
OWN_PAGES = {"people:me", "people:set_mail", "people:notices"}


class Frame:
    """The names that templates/base.html knows; docs/design-system.md lists them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def workspace_name(self) -> str:
        known = peek_whoami().value
        return (known and known.organization_name) or "Cleanlist"

    @property
    def is_sandbox(self) -> bool:
        return bool(settings.IS_SANDBOX)

    @property
    def nav_active(self) -> str:
        match = self._request.resolver_match
        if match is None or match.view_name in OWN_PAGES:
            return ""
        return NAV.get(match.app_name, match.url_name or "")

    @cached_property
    def lists_total(self) -> int:
        return known_total()

    @cached_property
    def imports_running(self) -> int:
        return Run.objects.working().count()

    @cached_property
    def recent_lists(self) -> Sequence[KnownList]:
        return recent(self.person) if self.person else []

    @cached_property
    def unread_notices(self) -> int:
        return notices.unread_count(self.person) if self.person else 0

    @property
    def may_operate(self) -> bool:
        return self.person is not None and self.person.may(Role.OPERATOR)

    @property
    def may_administer(self) -> bool:
        return self.person is not None and self.person.may(Role.ADMIN)

    @cached_property
    def worker_alive(self) -> bool:
        return is_worker_alive()

    @property
    def search_url(self) -> str:
        return reverse("lists:index")


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
