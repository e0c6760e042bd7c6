from __future__ import annotations

import pytest
from django.urls import reverse

from imports.models import Run, RunState
from tests.imports.pages import at, made_run, with_chunks

pytestmark = pytest.mark.django_db

READING = ["run", "check", "problem_rows", "values_left_out", "manifest"]
CHANGING = ["start", "cancel", "resume", "discard"]
ALL = [*READING, *CHANGING, "map", "target"]


@pytest.mark.parametrize("name", ALL)
def test_it_sends_anonymous_visitors_to_sign_in(anonymous, name):
    response = anonymous.get(at(name, 1))

    assert response.status_code == 302
    assert response["Location"].startswith(reverse("people:sign_in"))


@pytest.mark.parametrize("name", ["index", "upload"])
def test_it_sends_anonymous_visitors_of_the_start_to_sign_in(anonymous, name):
    assert anonymous.get(reverse(f"imports:{name}")).status_code == 302


@pytest.mark.parametrize("name", CHANGING)
def test_it_refuses_a_viewers_moves(alice, bob_client, name):
    run = made_run(alice, RunState.SENDING)

    assert bob_client.post(at(name, run)).status_code == 403
    assert Run.objects.get().state == RunState.SENDING


@pytest.mark.parametrize("action", ["read", "save", "check"])
def test_it_refuses_a_viewers_mapping(alice, bob_client, action):
    run = made_run(alice)

    response = bob_client.post(at("map", run), {"action": action, "column_0": "last_name"})

    assert response.status_code == 403
    assert Run.objects.get().mapping == {"first_name": 0, "email": 1}


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_refuses_a_viewers_upload(bob_client, method):
    assert getattr(bob_client, method)(reverse("imports:upload")).status_code == 403
    assert not Run.objects.exists()


@pytest.mark.parametrize("method", ["get", "post"])
def test_it_refuses_a_viewer_another_list(alice, bob_client, method):
    run = made_run(alice)

    assert getattr(bob_client, method)(at("target", run)).status_code == 403


@pytest.mark.parametrize("name", READING)
def test_it_only_reads_pages_that_read(alice, alice_client, name):
    run = made_run(alice, RunState.CHECKED)

    assert alice_client.post(at(name, run)).status_code == 405


@pytest.mark.parametrize("name", CHANGING)
def test_it_moves_a_run_by_post_only(alice, alice_client, name):
    run = made_run(alice, RunState.SENDING)

    assert alice_client.get(at(name, run)).status_code == 405


@pytest.mark.parametrize("name", [*READING, "map", "target"])
def test_it_knows_no_run_of_that_number(alice_client, name):
    assert alice_client.get(at(name, 404)).status_code == 404


@pytest.mark.parametrize("name", CHANGING)
def test_it_moves_no_run_of_that_number(alice_client, name):
    assert alice_client.post(at(name, 404)).status_code == 404


@pytest.mark.parametrize("bad", ["x", "1x", "-1", "9" * 30])
def test_it_knows_no_run_of_a_bad_number(alice_client, bad):
    assert alice_client.get(f"/imports/{bad}/").status_code == 404


def test_it_lets_viewers_see_a_run_without_buttons(alice, bob_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    page = bob_client.get(run.get_absolute_url()).content.decode()

    assert "Import " in page
    assert "cancel-import" not in page
