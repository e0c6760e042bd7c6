from __future__ import annotations

import re

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from cleanlist_api.records import Whoami
from cleanlist_portal.frame import SEARCH, TOKEN, Frame, frame
from connections import services as connections
from connections.readings import Reading
from imports.models import RunState
from jobs.heart import Heart
from lists import known
from lists import services as lists
from lists.models import KnownList
from people import notices
from people.models import NoticeKind, Person, Role
from tests.imports.pages import made_run


def shown(client, path="/people/me") -> str:
    return client.get(path).content.decode()


def request_of(person):
    request = RequestFactory().get("/")
    request.user, request.resolver_match = person, None
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
    with django_assert_max_num_queries(3):
        for name in names * 2:
            getattr(seen, name)


def test_a_page_costs_one_query_for_its_frame(bob, monkeypatch, django_assert_num_queries):
    """The workspace's name is remembered."""
    known_as = Reading(Whoami("org-1", "Northwind"))
    with monkeypatch.context() as patch:
        patch.setattr(connections, "peek_whoami", lambda: known_as)
        assert Frame(request_of(bob)).workspace_name == "Northwind"
    known.remember_total(7)
    seen = Frame(request_of(bob))

    with django_assert_num_queries(1):
        assert seen.sidebar and seen.topbar_side and not seen.worker_alive


def test_the_name_of_the_workspace_shows_as_soon_as_it_is_told(bob, monkeypatch):
    assert Frame(request_of(bob)).workspace_name == "Cleanlist"
    known_as = Reading(Whoami("org-1", "Northwind"))
    monkeypatch.setattr(connections, "peek_whoami", lambda: known_as)
    assert Frame(request_of(bob)).workspace_name == "Northwind"


# --- What is remembered is never somebody else's, and never old -----------------------


def nav_count(page: str, key: str) -> str:
    found = re.search(rf'data-go="{key}".*?nav-count[^>]*>([\d,]+)', page, re.S)
    return found[1] if found else ""


def test_no_one_is_ever_shown_the_frame_of_another(alice_client, bob_client):
    for _ in range(2):
        assert 'title="alice"' in shown(alice_client)
        assert 'title="bob"' in shown(bob_client)


def test_two_people_of_one_name_and_role_still_have_a_frame_each(alice, bob):
    KnownList.objects.create(pk="l", name="Only of Alice")
    lists.visit(alice, "l")

    assert "Only of Alice" in Frame(request_of(alice)).sidebar
    assert "Only of Alice" not in Frame(request_of(bob)).sidebar


def test_the_sign_out_of_the_menu_carries_each_requests_own_token(alice_client):
    tokens = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', shown(alice_client))
    again = re.findall(r'csrfmiddlewaretoken" value="(\w+)"', shown(alice_client))

    assert tokens and again
    assert TOKEN not in tokens + again
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = alice_client.cookies
    sent = {"csrfmiddlewaretoken": tokens[-1]}
    assert strict.post("/sign-out", sent).status_code == 302


def test_what_was_searched_is_shown_as_words_and_never_kept(bob_client, alice_client):
    page = shown(bob_client, "/lists/?q=%22%3E%3Cscript%3E")

    assert 'value="&quot;&gt;&lt;script&gt;"' in page
    assert 'name="q" value=""' in shown(bob_client, "/lists/")
    assert SEARCH not in shown(alice_client, "/lists/")


def test_a_new_role_shows_at_once(bob, bob_client):
    assert 'href="/people/"' not in shown(bob_client)
    Person.objects.filter(pk=bob.pk).update(role=Role.ADMIN)
    assert 'href="/people/"' in shown(bob_client)


def test_a_new_notice_shows_at_once(bob, bob_client):
    assert "unread" not in shown(bob_client)
    notices.tell(bob, NoticeKind.DONE, "import 1", "Done: all is in", "/imports/1/")
    assert "1 unread" in shown(bob_client)


def test_an_import_that_starts_shows_at_once(alice, alice_client):
    assert 'id="imports-running" hidden' in shown(alice_client)
    made_run(alice, RunState.SENDING)
    assert 'id="imports-running">1' in shown(alice_client)


def test_a_list_that_was_opened_renamed_or_went_shows_at_once(bob, bob_client):
    KnownList.objects.create(pk="l", name="Spring")
    lists.visit(bob, "l")
    assert "Spring" in shown(bob_client)
    KnownList.objects.update(name="Autumn")
    assert "Autumn" in shown(bob_client)
    KnownList.objects.update(gone_at=timezone.now())
    assert "Autumn" not in shown(bob_client)


def test_the_number_of_lists_shows_at_once(bob_client):
    for total in (3, 4_000):
        known.remember_total(total)
        assert nav_count(shown(bob_client), "lists") == f"{total:,}"


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


def test_it_shows_the_lists_opened_last_the_newest_first(bob):
    for number in range(7):
        KnownList.objects.create(pk=f"l{number}", name=f"List {number}")
        lists.visit(bob, f"l{number}")

    opened = [seen.name for seen in Frame(request_of(bob)).recent_lists]
    assert opened == ["List 6", "List 5", "List 4", "List 3", "List 2"]
