from __future__ import annotations

import pytest
from django.urls import reverse

from imports.models import RunState
from tests.imports.pages import htmx, made_run, squeezed, with_chunks, words

pytestmark = pytest.mark.django_db
INDEX = reverse("imports:index")


def test_it_shows_every_import_with_its_sums(alice, alice_client):
    run = made_run(alice, RunState.CANCELLED, rows_skipped=12, file_name="november.csv")
    with_chunks(run, "done", "done", "failed", "not_sent", rows=600)

    shown = words(alice_client.get(INDEX))

    assert "november.csv Cancelled Spring 1,200 12 600 600" in shown


def test_it_says_what_a_draft_would_send(alice, alice_client):
    with_chunks(made_run(alice, RunState.CHECKED), "ready", rows=40)

    assert "leads.csv Ready to start Spring (new) 0 0 0 40" in words(alice_client.get(INDEX))


def test_it_invites_operators_to_the_first_import(alice_client):
    shown = words(alice_client.get(INDEX))

    assert "No imports yet" in shown
    assert "Import leads" in shown


def test_it_offers_viewers_no_import(bob_client):
    shown = words(bob_client.get(INDEX))

    assert "No imports yet" in shown
    assert "Import leads" not in shown


def test_it_filters_by_state(alice, alice_client):
    made_run(alice, RunState.FAILED, file_name="bad.csv")
    made_run(alice, RunState.FINISHED, file_name="good.csv")

    shown = words(alice_client.get(INDEX, {"show": "failed"}))

    assert "bad.csv" in shown
    assert "good.csv" not in shown


@pytest.mark.parametrize(
    "query", [{"show": "nonsense"}, {"page": "x"}, {"page": "-3"}, {"page": "9999"}]
)
def test_it_reads_a_bad_query_as_if_it_were_not_there(alice, alice_client, query):
    made_run(alice)

    assert "leads.csv" in words(alice_client.get(INDEX, query))


def test_it_pages(alice, alice_client):
    for number in range(51):
        made_run(alice, file_name=f"file-{number}.csv")

    shown = words(alice_client.get(INDEX, {"page": 2}))

    assert "file-0.csv" in shown
    assert "51–51 of 51" in shown


@pytest.mark.parametrize("state", [RunState.SENDING, RunState.CHECKING, RunState.SETTLING])
def test_it_looks_again_while_something_runs(alice, alice_client, state):
    made_run(alice, state)

    assert 'hx-trigger="load delay' in alice_client.get(INDEX).content.decode()


@pytest.mark.parametrize("state", [RunState.UPLOADED, RunState.PAUSED, RunState.FINISHED])
def test_it_stands_still_when_nothing_runs(alice, alice_client, state):
    made_run(alice, state)

    assert "load delay" not in alice_client.get(INDEX).content.decode().split("<main")[1]


def test_it_gives_htmx_a_part_of_the_page(alice, alice_client):
    with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    part = alice_client.get(INDEX, headers=htmx("imports"))

    assert squeezed(part) in squeezed(alice_client.get(INDEX))


def test_it_asks_as_often_for_fifty_runs_as_for_one(
    alice, alice_client, django_assert_max_num_queries
):
    for _ in range(50):
        with_chunks(made_run(alice, RunState.SENDING), "done", "ready")

    with django_assert_max_num_queries(6):
        alice_client.get(INDEX, headers=htmx("imports"))
