from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import OperationalError
from django.test import Client
from django.utils import timezone

from tests.cast import signed_in

FRAME, FRAGMENT = 'class="sidebar"', {"HX-Request": "true"}


@pytest.fixture
def breaks(monkeypatch):
    """Have the page People raise."""

    def breaks(error: Exception) -> None:
        def broken(*_, **__):
            raise error

        monkeypatch.setattr("people.views.render", broken)

    return breaks


def shown(client: Client, path: str, status: int, **options) -> str:
    client.raise_request_exception = False
    response = client.get(path, **options)
    assert response.status_code == status
    return response.content.decode()


@pytest.mark.parametrize("path", ["/no-such-page", "/people/999/"])
def test_what_is_not_there_keeps_the_frame_of_somebody_signed_in(path, ada_client):
    page = shown(ada_client, path, 404)
    assert "There is no such page" in page
    assert FRAME in page


def test_a_stranger_gets_no_frame(anonymous):
    page = shown(anonymous, "/no-such-page", 404)
    assert "There is no such page" in page
    assert FRAME not in page


def test_somebody_without_an_own_password_gets_no_frame(bob):
    bob.one_time_password_until = timezone.now() + timedelta(hours=1)
    bob.save()
    assert FRAME not in shown(signed_in(bob), "/no-such-page", 404)


def test_a_fragment_gets_the_words_alone(ada_client):
    words = shown(ada_client, "/people/999/", 404, headers=FRAGMENT)
    assert "There is no such page" in words
    assert "<html" not in words


def test_a_fault_of_ours_shows_no_trace_and_keeps_the_frame(ada_client, breaks):
    breaks(RuntimeError("secret detail"))
    page = shown(ada_client, "/people/", 500)
    assert "Something in the portal broke" in page
    assert FRAME in page
    assert "secret detail" not in page


def test_without_its_database_the_portal_asks_it_nothing_more(ada_client, breaks):
    breaks(OperationalError("database is locked"))
    page = shown(ada_client, "/people/", 500)
    assert "Something in the portal broke" in page
    assert FRAME not in page


def test_a_frame_that_breaks_breaks_no_word_about_it(ada_client, breaks, monkeypatch):
    breaks(RuntimeError())
    broken = property(lambda frame: 1 / 0)
    monkeypatch.setattr("cleanlist_portal.frame.Frame.unread_notices", broken)
    page = shown(ada_client, "/people/", 500)
    assert "Something in the portal broke" in page
    assert FRAME not in page


def test_what_is_forbidden_keeps_the_frame(ada_client, breaks):
    breaks(PermissionDenied())
    page = shown(ada_client, "/people/", 403)
    assert "An admin can tell you why." in page
    assert FRAME in page


def test_a_form_without_its_token_changes_nothing(ada):
    client = signed_in(ada)
    client.handler.enforce_csrf_checks = True
    response = client.post("/people/add", {"username": "dora", "role": "viewer"})
    assert response.status_code == 403
    assert b"That page was too old to send" in response.content
    assert FRAME in response.content.decode()


def test_a_fragment_without_its_token_gets_the_words_alone(ada):
    client = signed_in(ada)
    client.handler.enforce_csrf_checks = True
    response = client.post("/people/add", headers=FRAGMENT)
    assert response.status_code == 403
    assert b"<html" not in response.content


def test_a_strange_host_name_is_refused_in_words(anonymous):
    page = shown(anonymous, "/sign-in", 400, headers={"Host": "evil.example.com"})
    assert "The portal did not understand that" in page


def test_an_address_with_a_nul_is_refused_in_words(ada_client):
    assert "The portal did not understand that" in shown(ada_client, "/lists/?q=%00", 400)
