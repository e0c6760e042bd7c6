from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from enrichment.models import Workflow
from lists.models import KnownList

pytestmark = pytest.mark.django_db
INDEX = reverse("enrichment:index")
PART = {"HX-Request": "true", "HX-Target": "enrichments"}


def workflow(number: int, **values: object) -> Workflow:
    values = {
        "workflow_id": f"w{number}",
        "list_id": "l1",
        "enrichment_type": "full",
        "total": 1000,
        "processed": 400,
        "credits_reserved": 11_000,
        "created_at": timezone.now() - timedelta(minutes=number),
        **values,
    }
    return Workflow.objects.create(**values)


def ended(number: int, **values: object) -> Workflow:
    values = {"status": "completed", "ended_at": timezone.now(), **values}
    return workflow(number, **values)


def squeezed(response) -> str:
    return re.sub(r"\s+", "", response.content.decode())


def test_it_sends_anonymous_visitors_to_sign_in(anonymous):
    assert anonymous.get(INDEX).status_code == 302


def test_it_only_reads(alice_client):
    assert alice_client.post(INDEX).status_code == 405


def test_it_says_so_when_there_is_none(bob_client):
    html = bob_client.get(INDEX).content.decode()

    assert "No enrichment yet" in html
    assert "data-poll" not in html


def test_it_shows_enrichments_newest_first_with_their_credits(bob_client):
    KnownList.objects.create(pk="l1", name="Fintech VPs")
    ended(2, credits_charged=322, credits_refunded=10_678, emails_found=77)
    workflow(1, list_id="9c1f0000-1111-2222-3333-444444444444")

    html = bob_client.get(INDEX).content.decode()

    assert html.index("List 9c1f…4444") < html.index("Fintech VPs")
    for words in ("400 of 1,000", "finished", "waiting", "11,000", "322", "10,678", "77"):
        assert words in html


def test_it_shows_the_refund_message_word_for_word(bob_client):
    ended(1, status="failed", credits_charged=3, refund_message="Under <review>, 2 days")

    html = bob_client.get(INDEX).content.decode()

    assert "Under &lt;review&gt;, 2 days" in html
    assert "failed" in html


def test_it_shows_a_status_it_does_not_know_as_it_is(bob_client):
    workflow(1, status="quantum_leaping")

    assert "quantum leaping" in bob_client.get(INDEX).content.decode()


def test_it_is_live_while_one_runs(bob_client):
    workflow(1)
    ended(2)

    assert "data-poll" in bob_client.get(INDEX).content.decode()


def test_it_ends_by_itself_when_all_are_over(bob_client):
    ended(1)
    ended(2, status="running", problem="Cleanlist no longer knows this enrichment.")

    assert "data-poll" not in bob_client.get(INDEX, headers=PART).content.decode()


def test_it_gives_htmx_the_table_that_is_in_the_page(bob_client):
    workflow(1)
    page = bob_client.get(INDEX)

    part = bob_client.get(INDEX, headers=PART)

    assert part.content.strip().startswith(b'<div class="table-region" id="enrichments"')
    assert squeezed(part) in squeezed(page)


def test_it_shows_fifty_a_page(bob_client):
    for number in range(70):
        ended(number)

    first = bob_client.get(INDEX)
    second = bob_client.get(first.context["links"].older)

    assert "1–50 of 70" in first.content.decode()
    assert "51–70 of 70" in second.content.decode()


@pytest.mark.parametrize("query", [{"row": "x"}, {"row": 10**9, "size": 3}, {"cursor": "abc"}])
def test_it_makes_sense_of_a_senseless_query(bob_client, query):
    ended(1)

    assert bob_client.get(INDEX, query).status_code == 200


def test_it_reads_only_our_tables(bob_client, settings, django_assert_max_num_queries):
    settings.CLEANLIST_API_URL = "http://127.0.0.1:9/api"
    for number in range(50):
        workflow(number, list_id=f"l{number}")

    with django_assert_max_num_queries(6):
        response = bob_client.get(INDEX, headers=PART)

    assert response.content.count(b'<th scope="row"') == 50
