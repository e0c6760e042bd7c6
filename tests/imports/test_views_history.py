from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from cleanlist_api.records import Whoami
from connections.readings import read
from connections.services import WHOAMI
from imports.models import Run, RunState
from lists.known import remember_total
from tests.imports.pages import htmx, made_run, squeezed, with_chunks, words

pytestmark = pytest.mark.django_db
INDEX = reverse("imports:index")


def test_it_shows_every_import_with_its_sums(alice, alice_client):
    run = made_run(alice, RunState.CANCELLED, rows_skipped=12, file_name="november.csv")
    with_chunks(run, "done", "done", "failed", "not_sent", rows=600)

    shown = words(alice_client.get(INDEX))

    assert "november.csv Cancelled Spring 1,200 12 600 600" in shown


def test_it_accounts_for_the_rows_still_to_go(alice, alice_client):
    run = made_run(alice, RunState.SENDING, file_name="big.csv")
    with_chunks(run, "done", "sending", "ready", "not_sent", rows=600)

    assert "big.csv Importing Spring 600 0 0 1,200 + 600 no answer yet" in words(
        alice_client.get(INDEX)
    )


def test_it_calls_nothing_failed_whose_outcome_is_unknown(alice, alice_client):
    run = made_run(alice, RunState.FAILED, file_name="lost.csv")
    with_chunks(run, "done", "unknown", rows=600)

    assert "lost.csv Failed Spring 600 0 600 unknown 0" in words(alice_client.get(INDEX))


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


@pytest.mark.parametrize(
    "query",
    [{}, {"by": "alice"}, {"list": "l1"}, {"q": "csv", "since": "7"}, {"show": "running"}],
)
def test_the_whole_page_asks_nine_times_at_most(
    alice, alice_client, query, django_assert_max_num_queries
):
    for number in range(5):
        run = made_run(alice, RunState.SENDING, list_id=f"l{number}")
        with_chunks(run, "done", "ready")
    remember_total(7)
    read(*WHOAMI, lambda _: Whoami("org-1", "Northwind"))
    alice_client.get(INDEX, query)

    with django_assert_max_num_queries(9):
        alice_client.get(INDEX, query)


def shown_for(client, **query) -> list[str]:
    page = client.get(INDEX, query).content.decode()
    return re.findall(r'<th scope="row" class="name">.*?>([^<]+)</a>', page)


def test_it_filters_by_who_uploaded(alice, ada, alice_client):
    made_run(alice, file_name="hers.csv")
    made_run(ada, file_name="others.csv")
    assert shown_for(alice_client, by="alice") == ["hers.csv"]


def test_it_filters_by_list(alice, alice_client):
    made_run(alice, RunState.FINISHED, file_name="one.csv", list_id="list-1")
    made_run(alice, RunState.FINISHED, file_name="two.csv", list_id="list-2")
    assert shown_for(alice_client, list="list-2") == ["two.csv"]


def test_it_filters_by_a_part_of_the_file_name(alice, alice_client):
    made_run(alice, file_name="November EU.csv")
    made_run(alice, file_name="december.csv")
    assert shown_for(alice_client, q="november") == ["November EU.csv"]


@pytest.mark.parametrize(
    "since, names",
    [
        ("today", ["now.csv"]),
        ("7", ["days.csv", "now.csv"]),
        ("90", ["weeks.csv", "days.csv", "now.csv"]),
        ("", ["old.csv", "weeks.csv", "days.csv", "now.csv"]),
    ],
)
def test_it_filters_by_time(alice, alice_client, since, names):
    for name, days in [("now", 0), ("days", 5), ("weeks", 60), ("old", 400)]:
        run = made_run(alice, file_name=f"{name}.csv")
        Run.objects.filter(pk=run.pk).update(created_at=run.created_at - timedelta(days=days))
    assert shown_for(alice_client, since=since) == names


def test_its_filters_narrow_each_other(alice, ada, alice_client):
    made_run(alice, RunState.FAILED, file_name="a.csv")
    made_run(alice, RunState.FINISHED, file_name="b.csv")
    made_run(ada, RunState.FAILED, file_name="c.csv")
    assert shown_for(alice_client, by="alice", show="failed") == ["a.csv"]


def test_its_states_count_what_the_other_filters_leave(alice, ada, alice_client):
    made_run(alice, RunState.FAILED)
    made_run(ada, RunState.FAILED)
    assert "All 1 Failed 1" in words(alice_client.get(INDEX, {"by": "alice"}))


def test_a_state_keeps_the_other_filters(alice, alice_client):
    made_run(alice, RunState.FAILED)
    page = alice_client.get(INDEX, {"by": "alice", "q": "", "page": "1"})
    assert 'href="/imports/?by=alice&amp;show=failed"' in page.content.decode()


def test_its_form_keeps_the_state(alice, alice_client):
    made_run(alice, RunState.FAILED)
    page = alice_client.get(INDEX, {"show": "failed"}).content.decode()
    assert '<input type="hidden" name="show" value="failed"' in page


def test_its_form_shows_what_is_chosen(alice, alice_client):
    made_run(alice, RunState.FINISHED)
    query = {"by": "alice", "list": "list-1", "since": "30", "q": "lea"}
    page = alice_client.get(INDEX, query).content.decode()
    for value in ("alice", "list-1", "30"):
        assert f'<option value="{value}" selected>' in page
    assert 'value="lea"' in page


def test_it_offers_a_list_once_under_its_latest_name(alice, alice_client):
    made_run(alice, RunState.FINISHED, list_name="Old name")
    made_run(alice, RunState.FINISHED, list_name="New name")
    page = alice_client.get(INDEX).content.decode()
    assert page.count('<option value="list-1"') == 1
    assert '<option value="list-1">New name</option>' in page


@pytest.mark.parametrize("query", [{"by": "nobody"}, {"list": "none"}, {"since": "1e9"}])
def test_it_reads_a_filter_that_makes_no_sense_as_none(alice, alice_client, query):
    made_run(alice)
    assert shown_for(alice_client, **query) == ["leads.csv"]


def test_it_says_when_nothing_passes_the_filters(alice, alice_client):
    made_run(alice)
    shown = words(alice_client.get(INDEX, {"q": "nothing"}))
    assert "No import found" in shown
    assert "No imports yet" not in shown


def test_it_gives_htmx_an_address_without_empty_parts(alice, alice_client):
    made_run(alice)
    query = {"show": "", "by": "alice", "q": ""}
    response = alice_client.get(INDEX, query, headers=htmx("imports"))
    assert response["HX-Push-Url"] == "/imports/?by=alice"


def test_looking_again_adds_nothing_to_the_history_of_the_browser(alice, alice_client):
    made_run(alice, RunState.SENDING)
    response = alice_client.get(INDEX, {"by": "alice"}, headers=htmx("imports"))
    assert "HX-Push-Url" not in response


def test_its_head_counts_every_import_whatever_is_shown(alice, alice_client):
    made_run(alice, RunState.PAUSED)
    made_run(alice, RunState.FINISHED)
    assert "2 imports, 1 paused" in words(alice_client.get(INDEX, {"q": "nothing"}))
