from __future__ import annotations

import pytest
from django.utils import timezone

from connections.services import Reading
from enrichment.models import EnrichmentType
from imports.models import Run, RunState
from imports.services.around import around
from imports.services.given import coverage_of
from imports.views import cards
from tests.imports.files import checked, csv_of
from tests.imports.pages import (
    at,
    htmx,
    made_run,
    squeezed,
    with_chunks,
    with_problem,
    words,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _world(sandbox):
    return sandbox


@pytest.fixture
def run(alice) -> Run:
    made = with_chunks(made_run(alice, RunState.CHECKED), "ready", rows=500)
    with_problem(made, 17, "missing_required", "Li", "", field="email")
    return with_problem(made, 301, "duplicate_email", "Jane", "j@acme.com", first_row=4)


def test_it_shows_what_would_be_sent_and_what_not(alice_client, run):
    shown = words(alice_client.get(at("check", run)))

    assert "500 ready 1 something required is missing 1 duplicates" in shown
    assert "17 No e-mail, LinkedIn, or name with company Li empty" in shown
    assert "301 Same email as row 4 Jane j@acme.com" in shown


@pytest.mark.parametrize(
    ("enrich", "most"), [("off", 0), ("partial", 500), ("phone_only", 5_000), ("full", 5_500)]
)
def test_it_names_the_most_it_may_cost(alice_client, run, enrich, most):
    page = alice_client.get(at("check", run), {"enrich": enrich})

    assert f'name="credits_most" value="{most}"' in page.content.decode()
    assert f"At most {most:,} credits" in words(page)


def test_it_says_with_whom_it_would_share(alice, alice_client, run):
    assert "Shares the rate limit" not in words(alice_client.get(at("check", run)))
    with_chunks(made_run(alice, RunState.SENDING), "ready")
    page = words(alice_client.get(at("check", run)))
    assert "Shares the rate limit with 1 other import" in page
    with_chunks(made_run(alice, RunState.SENDING), "ready")
    page = words(alice_client.get(at("check", run)))
    assert "Shares the rate limit with 2 other imports" in page


def plan_now(run):
    covered = coverage_of(run, EnrichmentType.OFF, only_missing=False)
    return cards.plan_of(run, around(), covered, Reading(), canary=False)


def test_it_forecasts_that_it_would_share(alice, run):
    run = with_chunks(made_run(alice, RunState.CHECKED), *["ready"] * 60)
    [_, pace, _] = plan_now(run).facts
    with_chunks(made_run(alice, RunState.SENDING), *["ready"] * 600)
    [_, shared, _] = plan_now(run).facts
    assert ("in 2 min" in pace[1].value, "in 4 min" in shared[1].value) == (True, True)


def test_it_spends_nothing_unless_asked(alice_client, run):
    assert (
        'name="enrich" value="off" form="start"'
        in alice_client.get(at("check", run)).content.decode()
    )


def test_it_shows_the_balance(alice_client, run, sandbox):
    sandbox.change(credits=120_400)

    assert "Balance 120,400" in words(alice_client.get(at("check", run)))


def test_it_does_not_start_what_the_balance_does_not_cover(alice_client, run, sandbox):
    sandbox.change(credits=400)

    page = alice_client.get(at("check", run), {"enrich": "partial"})

    assert "100 credits short" in words(page)
    assert 'id="start-button" disabled' in page.content.decode()


def test_it_starts_without_knowing_the_balance(alice_client, run, settings):
    settings.CLEANLIST_API_URL = "http://127.0.0.1:9/api/v1/public"

    page = alice_client.get(at("check", run), {"enrich": "full"})

    assert "does not answer" in words(page)
    assert "Balance not known" in words(page)
    assert 'id="start-button">' in page.content.decode()


def test_it_asks_for_the_balance_once(alice_client, run, sandbox):
    for _ in range(3):
        alice_client.get(at("check", run))

    assert len(sandbox.calls()) == 1


def test_it_never_asks_the_api_for_a_fragment(alice_client, run, sandbox):
    alice_client.get(at("check", run), headers=htmx("check"))

    assert sandbox.calls() == []


def test_it_filters_by_reason(alice_client, run):
    shown = words(alice_client.get(at("check", run), {"reason": "duplicate_email"}))

    assert "j@acme.com" in shown
    assert "Li empty" not in shown


@pytest.mark.parametrize("q", ["jane", "301", "ACME"])
def test_it_searches(alice_client, run, q):
    shown = words(alice_client.get(at("check", run), {"q": q}))

    assert "j@acme.com" in shown
    assert "Li empty" not in shown


def test_it_says_when_nothing_is_found(alice_client, run):
    assert "No such row" in words(alice_client.get(at("check", run), {"q": "zebra"}))


@pytest.mark.parametrize(
    "query",
    [
        {"enrich": "gold"},
        {"page": "x"},
        {"page": "99999"},
        {"reason": "<script>"},
        {"q": "x" * 999},
    ],
)
def test_it_reads_a_bad_query_as_if_it_were_not_there(alice_client, run, query):
    assert "500 ready" in words(alice_client.get(at("check", run), query))


def test_it_escapes_what_a_file_holds(alice, alice_client):
    run = with_problem(made_run(alice, RunState.CHECKED), 2, "missing_required", "<b>x</b>")

    page = alice_client.get(at("check", run)).content.decode()

    assert "<b>x</b>" not in page


def test_it_shows_how_far_a_check_is(alice, alice_client):
    run = made_run(alice, RunState.CHECKING, checked_share=0.42)

    page = alice_client.get(at("check", run))

    assert "42 % read" in words(page)
    assert 'hx-trigger="load delay:1s, again"' in page.content.decode()


def test_it_stops_looking_once_checked(alice_client, run):
    part = alice_client.get(at("check", run), headers=htmx("check")).content.decode()

    assert "load delay" not in part


@pytest.mark.parametrize("target", ["check", "problems"])
def test_it_gives_htmx_a_part_of_the_page(alice_client, run, target):
    page = alice_client.get(at("check", run))

    part = alice_client.get(at("check", run), headers=htmx(target))

    assert squeezed(part) in squeezed(page)


def test_it_goes_back_to_the_mapping_without_a_check(alice, alice_client):
    run = made_run(alice)

    assert alice_client.get(at("check", run))["Location"] == at("map", run)


def test_it_takes_a_polling_page_back_to_the_mapping(alice, alice_client):
    run = made_run(alice, problem="The file ends in the middle of a row.")

    response = alice_client.get(at("check", run), headers=htmx("check"))

    assert response["HX-Redirect"] == at("map", run)


def test_it_goes_on_to_the_run_when_there_is_no_check_to_show(alice, alice_client):
    run = made_run(alice, RunState.CANCELLED, plan="")

    assert alice_client.get(at("check", run))["Location"] == run.get_absolute_url()


def test_it_offers_no_start_when_no_row_can_be_imported(alice, alice_client):
    run = with_problem(made_run(alice, RunState.CHECKED), 2, "missing_required", "Ann")

    page = alice_client.get(at("check", run))

    assert "No row of this file can be imported" in words(page)
    assert "start-button" not in page.content.decode()


def test_it_says_that_a_file_has_no_rows(alice, alice_client):
    run = made_run(alice, RunState.CHECKED)

    assert "a header and no rows" in words(alice_client.get(at("check", run)))


def test_it_warns_of_the_same_file_in_the_same_list(alice, alice_client, run):
    made_run(alice, RunState.SETTLING, list_id="", started_at=timezone.now())

    page = alice_client.get(at("check", run))

    assert "Its leads would be there twice" in words(page)
    assert 'name="again" value="1" form="start" required' in page.content.decode()


def test_it_lets_viewers_look_without_a_button(bob_client, run):
    page = bob_client.get(at("check", run))

    assert "500 ready" in words(page)
    assert "start-button" not in page.content.decode()


def test_it_offers_no_start_after_the_start(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING), "done")

    page = alice_client.get(at("check", run))

    assert "See how it went" in words(page)
    assert "start-button" not in page.content.decode()


def test_it_asks_as_often_for_many_rows_as_for_few(
    alice_client, run, django_assert_max_num_queries
):
    for row in range(1_000, 1_100):
        with_problem(run, row, "missing_required", "Ann", "")

    with django_assert_max_num_queries(12):
        alice_client.get(at("check", run), headers=htmx("problems"))


# --- The file of rows left out --------------------------------------------------


def test_it_gives_the_rows_left_out_as_a_file(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, csv_of(2) + "Li,,,\n")

    response = alice_client.get(at("problem_rows", run))

    lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
    assert 'filename="leads - rows left out.csv"' in response["Content-Disposition"]
    assert lines[0].startswith('"First name","Last name","Email","Company name"')
    assert lines[1].startswith('"Li",')
    assert len(lines) == 2


def test_it_gives_viewers_the_file_too(bob_client, run):
    assert bob_client.get(at("problem_rows", run)).status_code == 200


@pytest.mark.parametrize(
    "words_of_it",
    [
        "212 of 500 rows have an e-mail already; enriching pays for them too",
        "1 of 500 rows has a phone already; enriching pays for it too",
        "30 of 500 rows have both already; enriching pays for them too",
    ],
)
def test_it_says_beside_each_enrichment_who_has_that_already(alice_client, run, words_of_it):
    Run.objects.filter(pk=run.pk).update(given={"email": 212, "phone": 1, "both": 30})

    assert words_of_it in words(alice_client.get(at("check", run)))


def test_it_says_nothing_of_it_where_nobody_has_that(alice_client, run):
    assert "pays for" not in words(alice_client.get(at("check", run)))
