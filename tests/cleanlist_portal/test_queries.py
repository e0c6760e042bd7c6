"""How often a page asks the database: every page of the URLconf, in a portal in use."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from math import inf

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from connections import readings
from connections import services as connections
from imports.models import Run
from imports.services import beside, forecast
from people.access import EVERYBODY
from people.models import Notice, Person, Role
from tests.cast import signed_in
from tests.cleanlist_portal.filled import LIST, fill

MOST = 9
MANY = 4
# Addresses that only lead on to another.
LEADS_ON = {"home", "people:sign_in", "people:notice", "lists:head"}
# What else is shown at an address: its query string.
QUERIES = {
    "lists:index": ["q=spring", "folder=folder-1", "size=100"],
    "lists:shares": [f"id={LIST}"],
    "lists:detail": ["lead=lead-1", "row=1"],
    "imports:index": ["q=leads", f"list={LIST}", "show=finished", "by=alice", "page=2"],
    "imports:upload": [f"list={LIST}", "find=spring"],
    "imports:run": ["chunk=1", "ask=cancel"],
    "imports:check": ["reason=missing_required", "q=ann", "q=10000"],
    "imports:undo": ["show=enriched", "chunk=1"],
    "people:audit": ["who=alice", "page=2"],
}


@dataclass(frozen=True)
class Page:
    """An address of the URLconf and the names of what it is made of."""

    name: str
    parameters: tuple[str, ...]
    access: str


def pages(resolver: URLResolver | None = None, spaces: str = "") -> Iterator[Page]:
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from pages(pattern, f"{pattern.namespace}:" if pattern.namespace else spaces)
        else:
            assert isinstance(pattern, URLPattern)
            parameters = tuple(pattern.pattern.converters)
            yield Page(spaces + str(pattern.name), parameters, pattern.callback.access)


PAGES = list(pages())


@dataclass(frozen=True)
class Seen:
    """An answer to one look at an address."""

    name: str
    path: str
    status: int
    queries: int


def values_of(somebody: Person) -> dict[str, list[object]]:
    """What each parameter of an address may be; a new one is given a value here."""
    return {
        "list_id": [LIST],
        "run_id": list(Run.objects.order_by("pk").values_list("pk", flat=True)),
        "person_id": [somebody.pk],
        "notice_id": list(Notice.objects.filter(person=somebody).values_list("pk")[0]),
    }


def paths_of(page: Page, values: dict[str, list[object]]) -> Iterator[str]:
    for each in product(*(values[name] for name in page.parameters)):
        yield reverse(page.name, kwargs=dict(zip(page.parameters, each, strict=True)))


def look(client: Client, page: Page, path: str) -> Seen:
    """Ask as a browser would that was here a moment ago."""
    seen = _look(client, page, path)
    return seen if seen.queries <= MOST or seen.status == 405 else _look(client, page, path)


def _look(client: Client, page: Page, path: str) -> Seen:
    with CaptureQueriesContext(connection) as asked:
        response = client.get(path)
        if response.streaming:
            b"".join(response)
    return Seen(page.name, path, response.status_code, len(asked))


def walk(somebody: Person, *, narrowed: bool = False) -> list[Seen]:
    """Look at each page the person may see, as it is or `narrowed` by each query string."""
    client, values = signed_in(somebody), values_of(somebody)
    looks: list[Seen] = []
    for page in PAGES:
        if page.access != EVERYBODY and not somebody.may(page.access):
            continue
        for path in paths_of(page, values):
            queries = QUERIES.get(page.name, []) if narrowed else [""]
            looks += [look(client, page, f"{path}?{query}") for query in queries]
            if looks and looks[-1].status == 405:
                break  # it only takes a POST
    return [seen for seen in looks if seen.status != 405]


@pytest.fixture(autouse=True)
def media_root(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)


@pytest.fixture(autouse=True)
def _warm(alice, monkeypatch):
    """No call of the API would find a client, and no memory of a moment ago ends meanwhile."""
    monkeypatch.setattr(readings, "client", lambda lane: None)
    monkeypatch.setattr(beside, "LATELY_SECONDS", inf)
    monkeypatch.setattr(forecast, "LATELY_SECONDS", inf)
    monkeypatch.setattr(connections, "TOLD_SECONDS", inf)


def too_many(looks: list[Seen]) -> dict[str, int]:
    return {look.path: look.queries for look in looks if look.queries > MOST}


ROLES = [Role.VIEWER, Role.OPERATOR, Role.ADMIN]


@pytest.fixture
def team(ada, alice, bob) -> dict[str, Person]:
    return {person.role: person for person in (ada, alice, bob)}


@pytest.mark.parametrize("role", ROLES)
def test_no_page_asks_the_database_more_than_nine_times(role, team):
    fill(team[Role.OPERATOR], MANY)

    assert too_many(walk(team[role])) == {}


def test_no_filter_or_close_look_does_either(team):
    fill(team[Role.OPERATOR], MANY)

    assert too_many(walk(team[Role.ADMIN], narrowed=True)) == {}


def test_no_page_asks_more_often_the_more_there_is_to_show(team):
    asked = []
    for many in (1, MANY):
        with transaction.atomic():
            fill(team[Role.OPERATOR], many)
            asked.append([(look.name, look.queries) for look in walk(team[Role.ADMIN])])
            transaction.set_rollback(True)

    one, several = asked
    assert [pair for pair in zip(one, several, strict=True) if pair[0][1] < pair[1][1]] == []


def test_every_page_was_seen(team):
    """Of each address that is read: a new one needs what it shows in `fill`."""
    fill(team[Role.OPERATOR], 1)

    looks = walk(team[Role.ADMIN])

    shown = {look.name for look in looks if look.status == 200}
    assert {look.name for look in looks} - shown == LEADS_ON
