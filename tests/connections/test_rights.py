"""What the key may not do is told before anybody tries."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from django.urls import reverse

from cleanlist_api.records import Whoami
from connections import rights, services
from imports.models import PauseReason
from tests.imports.files import checked, csv_of, started, worked

pytestmark = pytest.mark.django_db
LACK = "The API key lacks lists:write, so no list can be made"


@pytest.fixture
def reader(sandbox, settings):
    """The portal's key may read and nothing else, and the API has told so."""
    settings.CLEANLIST_API_KEY = "clapi_sandbox_reader"
    services.whoami()


def page(client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_it_knows_what_a_key_lacks(reader):
    assert rights.lacks(rights.LISTS_WRITE)
    assert not rights.lacks("lists:read")


def test_a_key_that_may_all_lacks_nothing(sandbox):
    services.whoami()
    assert not rights.lacks(rights.LISTS_WRITE)


def test_nothing_told_is_no_lack(db, settings):
    settings.CLEANLIST_API_KEY = "clapi_never_asked_about"
    assert not rights.lacks(rights.LISTS_WRITE)
    assert not rights.surely_lacks(rights.LISTS_WRITE)


def test_a_key_of_the_older_kind_tells_nothing(db):
    assert not rights._lacks(Whoami(organization_id="o"), rights.LISTS_WRITE)


def test_a_right_that_was_given_since_counts_on_the_page_about_it(
    reader, sandbox, monkeypatch
):
    monkeypatch.setattr(rights, "SURE_FOR", rights.SURE_FOR * 0)
    asked_before = len(sandbox.calls("whoami"))
    assert rights.surely_lacks(rights.LISTS_WRITE)
    assert len(sandbox.calls("whoami")) == asked_before + 1


def test_what_was_told_just_now_is_not_asked_again(reader, sandbox):
    asked_before = len(sandbox.calls("whoami"))
    assert rights.surely_lacks(rights.LISTS_WRITE)
    assert len(sandbox.calls("whoami")) == asked_before


@pytest.mark.parametrize("name", ["lists:index", "imports:index"])
def test_no_button_offers_what_the_key_may_not_do(reader, alice_client, name):
    html = page(alice_client, name)
    assert LACK in html
    assert reverse("imports:upload") not in html
    assert reverse("lists:new") not in html


def test_a_list_offers_no_change_either(reader, sandbox, alice_client):
    list_id = sandbox.make_list("Shared", visibility="organization")
    html = page(alice_client, "lists:detail", list_id)
    assert LACK in html
    assert reverse("lists:delete", args=[list_id]) not in html


def test_a_viewer_is_told_nothing_of_rights(reader, bob_client):
    assert "lists:write" not in page(bob_client, "lists:index")


@pytest.mark.parametrize("name", ["lists:new", "imports:upload"])
def test_the_page_itself_names_the_right(reader, alice_client, name):
    assert "The API key lacks lists:write, so no " in page(alice_client, name)


def test_an_import_can_not_be_started(reader, alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, csv_of(4))
    html = page(alice_client, "imports:check", run.pk)
    assert "The API key lacks lists:write, so no leads can be imported" in html
    assert 'id="start-button" disabled' in html


def test_only_enriching_is_refused_where_only_that_right_is_missing(
    sandbox, alice, alice_client, tmp_path
):
    whoami = services.whoami().value
    some = tuple(scope for scope in whoami.scopes if scope != rights.ENRICH_WRITE)
    services._told[services.key_identity()] = (float("inf"), None)
    with_less = whoami.__class__(**{**whoami.__dict__, "scopes": some})
    cache.clear()
    services.read(*services.WHOAMI, lambda api: with_less)
    run = checked(alice, tmp_path, csv_of(4))
    address = reverse("imports:check", args=[run.pk])
    assert "lacks" not in alice_client.get(address).content.decode()
    html = alice_client.get(address, {"enrich": "partial"}).content.decode()
    assert "The API key lacks enrich:write" in html


@pytest.mark.parametrize("is_new", [True, False])
def test_the_same_missing_right_pauses_a_new_list_and_an_old_one(
    sandbox, settings, alice, tmp_path, is_new
):
    run = started(alice, tmp_path, csv_of(4))
    if not is_new:
        run.list_id = sandbox.make_list("Spring", visibility="organization")
        run.save(update_fields=["list_id"])
    settings.CLEANLIST_API_KEY = "clapi_sandbox_reader"
    stopped = worked(run)
    assert (stopped.state, stopped.pause_reason) == ("paused", PauseReason.SCOPE)
    assert "lists:write" in stopped.problem
