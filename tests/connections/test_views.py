from __future__ import annotations

import re

import pytest
from django.urls import reverse

from imports.models import RunState
from tests.imports.pages import made_run

pytestmark = pytest.mark.django_db
PAGES = ["connections:frame_status", "connections:credits", "connections:settings"]


@pytest.mark.parametrize("name", PAGES)
def test_it_sends_the_unknown_to_sign_in(client, name):
    assert client.get(reverse(name)).status_code == 302


@pytest.mark.parametrize("name", PAGES)
def test_it_changes_nothing_by_post(ada_client, name):
    assert ada_client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", PAGES[:2])
def test_it_shows_credits_to_a_viewer(bob_client, sandbox, name):
    page = bob_client.get(reverse(name))
    assert f"{sandbox.credits():,}" in page.content.decode()


def test_it_keeps_the_settings_from_operators(alice_client):
    assert alice_client.get(reverse("connections:settings")).status_code == 403


def test_it_shows_the_settings_to_an_admin(ada_client, sandbox, settings):
    page = ada_client.get(reverse("connections:settings")).content.decode()
    assert sandbox.url in page
    assert "clapi_…wner" in page
    assert settings.CLEANLIST_API_KEY not in page


def test_it_draws_the_ring(bob_client, sandbox):
    page = bob_client.get(reverse("connections:frame_status")).content.decode()
    assert 'class="frame-status"' in page
    assert 'stroke-dasharray="7 100"' in page
    assert "2 of 30" in page


def test_it_says_how_many_imports_run(alice, bob_client, sandbox):
    made_run(alice, RunState.SENDING)
    page = bob_client.get(reverse("connections:frame_status")).content.decode()
    [running] = re.findall(r'<span [^>]*id="imports-running"[^>]*>(\d+)', page)
    assert running == "1"


def test_it_takes_nobody_away_who_is_signed_out_meanwhile(anonymous):
    frame = reverse("connections:frame_status")
    answer = anonymous.get(frame, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers.get("HX-Redirect")) == (204, None)


def test_it_costs_the_api_one_look_for_fifty_tabs(bob_client, sandbox):
    for _ in range(50):
        bob_client.get(reverse("connections:frame_status"))
    assert len(sandbox.calls()) == 2


@pytest.mark.parametrize("name", PAGES)
def test_it_shows_what_it_knows_when_the_api_is_down(ada_client, sandbox, name):
    ada_client.get(reverse("connections:credits"))
    sandbox.fault("cut_before", times=20)
    page = ada_client.get(reverse(name), {"refresh": "1"})
    assert page.status_code == 200


def test_it_says_so_when_the_api_is_down(bob_client, sandbox):
    sandbox.fault("cut_before", times=20)
    page = bob_client.get(reverse("connections:credits"), {"refresh": "1"}).content.decode()
    assert "The Cleanlist API does not answer" in page


def test_it_says_so_when_the_key_is_wrong(ada_client, sandbox, settings):
    settings.CLEANLIST_API_KEY = "clapi_sandbox_nobody"
    page = ada_client.get(reverse("connections:settings")).content.decode()
    assert "does not accept the key" in page


def test_it_shows_what_the_key_may_do(ada_client, sandbox, settings):
    settings.CLEANLIST_API_KEY = "clapi_sandbox_reader"
    page = ada_client.get(reverse("connections:settings"))
    assert "lists:read" in page.content.decode()


@pytest.mark.parametrize("name", PAGES[1:])
def test_it_needs_few_queries(ada_client, sandbox, name, django_assert_max_num_queries):
    ada_client.get(reverse(name))
    with django_assert_max_num_queries(12):
        ada_client.get(reverse(name))
