"""Every address of the portal, tried by everybody."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from people.access import EVERYBODY, may_administer
from people.checks import check_access_marks
from people.models import Role

SAMPLES = {"int": "1", "uuid": "5d1c3a9e-0f0f-4a53-9a52-6b0f4b1f3f11"}


@dataclass(frozen=True)
class Address:
    path: str
    access: str
    is_asked_by_pages: bool = False


def addresses(resolver: URLResolver | None = None, prefix: str = "/") -> Iterator[Address]:
    for pattern in (resolver or get_resolver()).url_patterns:
        path = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            view = pattern.callback
            asked = getattr(view, "asked_by_pages", False)
            yield Address(filled_in(path), view.access, asked)
        else:
            yield from addresses(pattern, path)


def filled_in(path: str) -> str:
    return re.sub(r"<(?:(\w+):)?\w+>", lambda found: SAMPLES.get(found[1], "x1"), path)


ALL = list(addresses())
CLOSED = [address for address in ALL if address.access != EVERYBODY]
OPENED_BY_PEOPLE = [address for address in CLOSED if not address.is_asked_by_pages]
ASKED_BY_PAGES = [address for address in CLOSED if address.is_asked_by_pages]
FIRST_DAY = {"HX-Request": "true", "HX-Current-URL": "http://testserver/people/me"}


def ids(address: Address) -> str:
    return address.path


def refuses(client: Client, path: str) -> bool:
    """Whether no method does anything: one that the page knows is forbidden."""
    statuses = {client.get(path).status_code, client.post(path).status_code}
    return 403 in statuses and statuses <= {403, 405}


def test_it_leaves_open_only_the_front_door():
    assert {address.path for address in ALL if address.access == EVERYBODY} == {
        "/",
        "/healthz",
        "/sign-in",
        "/sign-out",
    }


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_it_sends_an_anonymous_browser_to_the_sign_in_page(address, anonymous):
    response = anonymous.get(address.path)
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/sign-in")


@pytest.mark.parametrize("address", OPENED_BY_PEOPLE, ids=ids)
def test_it_sends_an_anonymous_fragment_to_the_sign_in_page_and_back(address, anonymous):
    page = {"HX-Request": "true", "HX-Current-URL": "http://testserver/lists/?page=2"}
    response = anonymous.get(address.path, headers=page)
    assert (response.status_code, response["HX-Redirect"], response.content) == (
        401,
        "/sign-in?next=%2Flists%2F%3Fpage%3D2",
        b"",
    )


@pytest.mark.parametrize("address", ASKED_BY_PAGES, ids=ids)
def test_it_takes_nobody_away_for_what_a_page_asks_by_itself(address, anonymous):
    response = anonymous.get(address.path, headers={"HX-Request": "true"})
    assert (response.status_code, response.headers.get("HX-Redirect")) == (204, None)


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_no_fragment_opens_the_page_it_is_on_once_more(address, ada, ada_client):
    ada.one_time_password_until = timezone.now() + timedelta(hours=1)
    ada.save()
    response = ada_client.get(address.path, headers=FIRST_DAY)
    assert address.path.startswith("/people/me") or response.status_code == 204
    assert "HX-Redirect" not in response.headers


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_it_refuses_a_viewer_what_operators_and_admins_do(address, bob_client):
    assert address.access == Role.VIEWER or refuses(bob_client, address.path)


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_it_refuses_an_operator_what_admins_do(address, alice_client):
    assert address.access != Role.ADMIN or refuses(alice_client, address.path)


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_it_lets_in_whoever_has_the_role_and_never_breaks(address, sandbox, request):
    least = {"viewer": "bob_client", "operator": "alice_client", "admin": "ada_client"}
    response = request.getfixturevalue(least[address.access]).get(address.path)
    assert response.status_code in {200, 302, 404, 405}
    assert not response.headers.get("Location", "").startswith("/sign-in")


@pytest.mark.parametrize("address", CLOSED, ids=ids)
def test_it_turns_a_deactivated_person_away(address, charlie, anonymous):
    anonymous.force_login(charlie, backend="django.contrib.auth.backends.ModelBackend")
    assert anonymous.get(address.path).status_code == 302


def test_the_refusal_names_the_role_and_whom_to_ask(ada, bob_client):
    page = bob_client.get("/people/").content.decode()
    assert "This needs the role admin; you are viewer" in page
    assert "Ask ada for it." in page


def test_the_refusal_of_a_fragment_is_a_notice_and_no_page(ada, bob_client):
    page = bob_client.get("/people/", headers={"HX-Request": "true"})
    assert page.status_code == 403
    assert b"This needs the role admin" in page.content
    assert b"<html" not in page.content


def test_the_check_accepts_the_portal_as_it_is():
    assert check_access_marks(None) == []


def test_the_check_names_a_view_without_a_mark(settings):
    settings.ROOT_URLCONF = "tests.people.unmarked_urls"
    [error] = check_access_marks(None)
    assert error.id == "people.E001"
    assert "forgotten" in error.msg


def test_a_marked_view_keeps_its_name():
    @may_administer
    def count_people(request):
        return HttpResponse()

    assert (count_people.__name__, count_people.access) == ("count_people", Role.ADMIN)
