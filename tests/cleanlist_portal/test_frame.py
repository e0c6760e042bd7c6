from __future__ import annotations

import re

import pytest
from django.test import RequestFactory

from cleanlist_portal.frame import Frame, frame
from jobs.heart import Heart


def shown(client, path="/people/me") -> str:
    return client.get(path).content.decode()


def request_of(person):
    request = RequestFactory().get("/")
    request.user = person
    return request


def test_it_asks_nothing_until_it_is_shown(bob, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert isinstance(frame(request_of(bob))["frame"], Frame)


def test_it_asks_little_and_each_thing_once(bob, django_assert_max_num_queries):
    seen = Frame(request_of(bob))
    names = [
        "workspace_name",
        "lists_total",
        "imports_running",
        "recent_lists",
        "worker_alive",
        "unread_notices",
    ]
    with django_assert_max_num_queries(7):
        for name in names * 2:
            getattr(seen, name)


def test_only_admins_see_people_and_settings_in_the_menu(bob_client, ada_client):
    assert 'href="/people/"' not in shown(bob_client)
    assert 'href="/people/"' in shown(ada_client)


@pytest.mark.parametrize(
    "path, name", [("/people/", "people"), ("/settings/", "settings"), ("/people/me", None)]
)
def test_it_marks_where_one_is(path, name, ada_client):
    page = shown(ada_client, path)
    found = re.search(r'data-go="(\w+)" title="\w+" aria-current="page"', page)
    assert (found[1] if found else None) == name


def test_it_says_when_no_worker_runs(bob_client):
    assert "The worker is not running" in shown(bob_client)


def test_it_says_nothing_while_one_runs(bob_client):
    Heart("w1").beat()
    assert "The worker is not running" not in shown(bob_client)


def test_it_shows_that_this_is_the_sandbox(bob_client, settings):
    settings.IS_SANDBOX = True
    assert ">Sandbox<" in shown(bob_client)


def test_its_search_shows_only_what_was_searched_there(bob_client):
    assert 'name="q" value=""' in shown(bob_client, "/people/me?q=apollo")


def test_a_page_costs_one_query_for_the_bell(bob, django_assert_num_queries):
    seen = Frame(request_of(bob))
    with django_assert_num_queries(1):
        assert (seen.unread_notices, seen.unread_notices) == (0, 0)
