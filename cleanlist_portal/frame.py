"""What the frame around every page shows.

Nothing is asked for until a template shows it, so a fragment pays nothing; and nothing here
calls the API. What is shown is asked for anew for each page, in one query; the markup made of
it is remembered and made again when anything in it differs.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from html import escape
from typing import Any

from django.conf import settings
from django.db.models import Aggregate, Count, DateTimeField, Max, QuerySet, Value
from django.db.models.functions import Cast
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.urls import get_urlconf, reverse
from django.utils.safestring import SafeString, mark_safe

from connections import rights
from connections.services import workspace_name
from imports.models import Run
from jobs.services import beating
from lists.models import KnownTotal
from lists.services import RecentList, lists_met, recent
from people import notices
from people.models import Person, Role

# The navigation item of an app's pages; connections has two, named like their views.
NAV = {app: app for app in ("lists", "imports", "enrichment", "people")}
# A person's own pages, which belong to no item.
OWN_PAGES = {"people:me", "people:set_mail", "people:notices"}
MOST_REMEMBERED = 512
RECENT = "recent"
# Stand in the remembered markup for what differs from request to request; nobody can guess
# them, so nobody can have them in a name.
TOKEN, SEARCH = secrets.token_hex(16), secrets.token_hex(16)


@dataclass(frozen=True)
class Shown:
    """Everything that shows in the frame, so that two of these that are equal look the same.

    `person` is the name; `person_id` keeps one person's frame from ever being another's.
    """

    person_id: int | None
    person: str
    workspace_name: str
    is_sandbox: bool
    nav_active: str
    lists_total: int
    imports_running: int
    recent_lists: tuple[RecentList, ...]
    unread_notices: int
    may_administer: bool
    search_url: str
    urlconf: str | None = None


@dataclass(frozen=True)
class Known:
    """`counts`: imports that run, workers that live, lists by the API's last word, unread
    notices; what there is none of may be missing."""

    counts: Counter[str]
    recent: tuple[RecentList, ...]


def known_to(person: Person | None) -> Known:
    """All that the frame shows to `person` and that changes from page to page; one query."""
    counted: dict[str, QuerySet[Any]] = {"running": Run.objects.working(), "alive": beating()}
    if person:
        counted["unread"] = notices.unread(person)
    parts = [
        _part(KnownTotal.objects.all(), "lists", Max("lists")),
        *(_part(rows, name, Count("pk")) for name, rows in counted.items()),
    ]
    if person:
        visits = recent(person).order_by()
        columns = visits.values_list(Value(RECENT), "list_id", "name", "visited_at")
        parts.append(columns.annotate(number=Value(0)))
    rows = list(parts[0].union(*parts[1:], all=True))
    visited = sorted((row for row in rows if row[0] == RECENT), key=lambda row: row[3])
    return Known(
        Counter({row[0]: row[4] for row in rows if row[0] != RECENT and row[4]}),
        tuple(RecentList(row[1], row[2]) for row in reversed(visited)),
    )


def _part(rows: QuerySet[Any], name: str, number: Aggregate) -> Any:
    """A count in the columns of a visit."""
    never = Cast(Value(None), DateTimeField())
    columns = rows.order_by().values_list(Value(name), Value(""), Value(""), never)
    return columns.annotate(number=number)


class Frame:
    """The names that templates/base.html knows; docs/design-system.md lists them."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @cached_property
    def person(self) -> Person | None:
        user = getattr(self._request, "user", None)
        return user if isinstance(user, Person) else None

    @cached_property
    def sidebar(self) -> SafeString:
        return _sidebar(replace(self._shown, search_url=""))

    @cached_property
    def topbar_side(self) -> SafeString:
        """The right of the top bar; its search shows what was searched, on its own page."""
        request = self._request
        words = request.GET.get("q", "") if request.path == self.search_url else ""
        html = _topbar_side(replace(self._shown, nav_active="", recent_lists=()))
        filled = html.replace(TOKEN, get_token(request)).replace(SEARCH, escape(words))
        return mark_safe(filled)  # noqa: S308

    @cached_property
    def workspace_name(self) -> str:
        return workspace_name() or "Cleanlist"

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
        return self._known.counts["lists"] or lists_met()

    @property
    def imports_running(self) -> int:
        return self._known.counts["running"]

    @property
    def recent_lists(self) -> tuple[RecentList, ...]:
        return self._known.recent

    @property
    def unread_notices(self) -> int:
        return self._known.counts["unread"]

    @property
    def may_operate(self) -> bool:
        return self.person is not None and self.person.may(Role.OPERATOR)

    @property
    def may_administer(self) -> bool:
        return self.person is not None and self.person.may(Role.ADMIN)

    @property
    def lack(self) -> str:
        """Why nothing is offered that changes lists, "" if the key may do it."""
        so = "no list can be made or changed and no leads imported"
        return rights.lack(rights.LISTS_WRITE, so) if rights.lacks(rights.LISTS_WRITE) else ""

    @property
    def worker_alive(self) -> bool:
        return self._known.counts["alive"] > 0

    @property
    def search_url(self) -> str:
        return reverse("lists:index")

    @cached_property
    def _known(self) -> Known:
        return known_to(self.person)

    @cached_property
    def _shown(self) -> Shown:
        person = self.person
        return Shown(
            person_id=person.pk if person else None,
            person=str(person) if person else "",
            workspace_name=self.workspace_name,
            is_sandbox=self.is_sandbox,
            nav_active=self.nav_active,
            lists_total=self.lists_total,
            imports_running=self.imports_running,
            recent_lists=self.recent_lists,
            unread_notices=self.unread_notices,
            may_administer=self.may_administer,
            search_url=self.search_url,
            urlconf=get_urlconf(),
        )


@lru_cache(MOST_REMEMBERED)
def _sidebar(shown: Shown) -> SafeString:
    return render_to_string("components/sidebar.html", {"frame": shown})


@lru_cache(MOST_REMEMBERED)
def _topbar_side(shown: Shown) -> SafeString:
    context = {"frame": shown, "csrf_token": TOKEN, "search": SEARCH}
    return render_to_string("components/topbar_side.html", context)


def frame(request: HttpRequest) -> dict[str, Any]:
    return {"frame": Frame(request)}
