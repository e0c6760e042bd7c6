"""Only where missing, on the pages: what is offered, what it costs, what was done."""

from __future__ import annotations

import json

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.models import Run, RunState
from jobs.models import WorkerBeat
from people.models import AuditEntry, Notice
from tests.imports.files import checked, csv_of, some_with_email, started, stepped, worked
from tests.imports.pages import at, htmx, words

pytestmark = pytest.mark.django_db
PARTIAL = {"enrich": "partial"}
OFF = PARTIAL | {"only_missing": "off"}
# As a form sends the hidden field and the ticked box after it.
TICKED = PARTIAL | {"only_missing": ["off", "on"]}


@pytest.fixture(autouse=True)
def _world(sandbox):
    return sandbox


@pytest.fixture
def run(alice, tmp_path) -> Run:
    return checked(alice, tmp_path, some_with_email(300))


def check_page(client, run, query):
    return client.get(at("check", run), query)


def start_form(page) -> dict[str, str]:
    """What the button would send."""
    found = {}
    for name in ("enrich", "credits_most", "only_missing", "undoable"):
        html = page.content.decode()
        if f'name="{name}" value="' in html.split('id="start-button"')[0]:
            parts = [
                part.split('"')[0]
                for part in html.split(f'name="{name}" value="')[1:]
                if 'form="start"' in part.split(">")[0]
            ]
            found |= {name: parts[0]} if parts else {}
    return found


# --- Check -----------------------------------------------------------------------------


def test_it_says_who_has_it_what_the_others_cost_and_what_is_lost(alice_client, run):
    shown = words(check_page(alice_client, run, PARTIAL))
    assert (
        "Only where missing 200 of 300 rows have an e-mail already. Enrich only the 100 "
        "without one: up to 100 credits instead of 300. The others go in as they are: no "
        "company or title is looked up for them." in shown
    )


def test_it_is_ticked_where_it_saves_credits(alice_client, run):
    page = check_page(alice_client, run, PARTIAL)
    assert 'aria-describedby="missing-hint" checked' in page.content.decode()


@pytest.mark.parametrize(
    ("query", "most", "button", "spends"),
    [
        (PARTIAL, "100", "Import 300 leads, enrich 100", "May spend up to 100 credits"),
        (TICKED, "100", "Import 300 leads, enrich 100", "May spend up to 100 credits"),
        (OFF, "300", "Import 300 leads ", "May spend up to 300 credits"),
    ],
)
def test_the_button_says_what_the_box_does(alice_client, run, query, most, button, spends):
    page = check_page(alice_client, run, query)
    shown = words(page)
    assert (button in shown, spends in shown) == (True, True)
    assert start_form(page)["credits_most"] == most
    assert f"At most {most} credits" in shown


def test_the_plan_adds_up(alice_client, run):
    shown = words(check_page(alice_client, run, PARTIAL))
    assert "Rows sent 300 of 300 To enrich 100 As they are 200" in shown


def test_the_cards_name_the_price_of_what_is_chosen(alice_client, run):
    assert (
        "Up to 100 credits, 1 for each e-mail found. 200 of 300 rows have an e-mail"
        in words(check_page(alice_client, run, PARTIAL))
    )
    assert (
        "Up to 300 credits, 1 for each e-mail found. 200 of 300 rows have an e-mail"
        in words(check_page(alice_client, run, OFF))
    )


def test_nothing_is_offered_where_no_row_has_it(alice_client, run):
    page = check_page(alice_client, run, {"enrich": "phone_only"})
    assert "Only where missing" not in words(page)
    assert "only_missing" not in start_form(page)


def test_a_box_that_was_emptied_stays_so_while_another_kind_is_looked_at(alice_client, run):
    page = check_page(alice_client, run, {"enrich": "phone_only", "only_missing": "off"})
    hidden = '<input type="hidden" name="only_missing" value="off" form="choices">'
    assert hidden in page.content.decode()


def test_it_says_so_where_every_row_has_it(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, csv_of(30))
    shown = words(check_page(alice_client, run, PARTIAL))
    assert "Enrich none of them: 0 credits instead of 30. They go in as they are" in shown
    assert "Import 30 leads, enrich 0 Costs no credits" in shown


def test_the_test_batch_is_of_the_rows_that_are_enriched(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, some_with_email(1_500))
    shown = words(check_page(alice_client, run, PARTIAL))
    assert "About 125 rows from all over the file" in shown


def test_it_comes_as_a_fragment_too(alice_client, run):
    page = alice_client.get(at("check", run), OFF, headers=htmx("check"))
    assert "May spend up to 300 credits" in words(page)
    assert "<html" not in page.content.decode()


# --- Start -----------------------------------------------------------------------------


def test_what_the_page_showed_is_what_starts(alice_client, run):
    alice_client.post(at("start", run), start_form(check_page(alice_client, run, PARTIAL)))
    run.refresh_from_db()
    assert (run.state, run.only_missing, run.credits_most) == ("sending", "to_part", 100)
    assert AuditEntry.objects.get(action="started an import").detail == {
        "enrichment": "partial",
        "credits_most": 100,
        "enriched": 100,
        "as_they_are": 200,
    }


def test_all_are_enriched_where_the_box_is_empty(alice_client, run):
    alice_client.post(at("start", run), start_form(check_page(alice_client, run, OFF)))
    run.refresh_from_db()
    assert (run.state, run.only_missing, run.credits_most) == ("sending", "no", 300)


def test_a_form_of_some_starts_nothing_for_all(alice_client, run):
    form = start_form(check_page(alice_client, run, PARTIAL))
    form.pop("only_missing")
    alice_client.post(at("start", run), form)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED


# --- The run, its record and its end ---------------------------------------------------


@pytest.fixture
def over(sandbox, alice, tmp_path):
    run = worked(
        started(
            alice, tmp_path, some_with_email(300), EnrichmentType.PARTIAL, only_missing=True
        )
    )
    sandbox.advance(3600)
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due(limit=50)
    return worked(run)


def test_the_receipt_says_what_was_enriched_and_what_not(alice_client, over):
    shown = words(alice_client.get(over.get_absolute_url()))
    assert "Only where missing 100 of 300 rows" in shown
    assert "Imported to enrich 100 Imported as they are 200" in shown
    assert "300 of 300 rows are in Spring ; 100 to be enriched, 200 as they are;" in shown


def test_the_record_says_the_plan(alice_client, over):
    shown = words(alice_client.get(at("record", over)))
    assert "300 rows in 2 + 1 quote calls; 100 to enrich, 200 as they are" in shown
    assert "for at most 100 credits, only where missing: 100 of 300 rows" in shown


def test_a_batch_says_that_its_rows_go_in_as_they_are(alice_client, over):
    shown = words(alice_client.get(over.get_absolute_url(), {"chunk": 2}))
    assert "Enrichment None: these rows have what it finds, and go in as they are" in shown
    html = alice_client.get(over.get_absolute_url()).content.decode()
    assert html.count("Imported as they are, without enrichment") == 2  # label and title


def test_a_batch_that_is_enriched_does_not(alice_client, over):
    shown = words(alice_client.get(over.get_absolute_url(), {"chunk": 1}))
    assert "these rows have what it finds" not in shown


def test_the_manifest_adds_up(alice_client, over):
    response = alice_client.get(at("manifest", over))
    record = json.loads(b"".join(response.streaming_content))
    assert record["enrichment"] == {"type": "partial", "only_missing": True}
    assert [chunk["enriches"] for chunk in record["chunks"]] == [True, False]
    found = record["sums"]["enrichment"]
    assert (found["only_missing"], found["rows_enriched"]) == (True, 100)
    assert found["rows_as_they_are"] == 200


def test_a_manifest_without_enrichment_enriched_nothing(alice, alice_client, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(3)))
    response = alice_client.get(at("manifest", run))
    record = json.loads(b"".join(response.streaming_content))
    assert [chunk["enriches"] for chunk in record["chunks"]] == [False]
    found = record["sums"]["enrichment"]
    assert (found["rows_enriched"], found["rows_as_they_are"]) == (0, 3)


def test_the_history_says_of_how_many_rows_it_is_the_price(alice_client, over):
    html = alice_client.get("/imports/").content.decode()
    assert 'title="100 rows enriched, 200 imported as they are"' in html


def test_its_person_is_told(alice, over):
    text = Notice.objects.get(person=alice).text
    assert text.endswith("; 100 enriched, 200 imported as they are")


def test_the_page_says_that_rows_are_parted(alice, alice_client, tmp_path):
    now = timezone.now()
    WorkerBeat.objects.create(worker_id="w", host="h", pid=1, started_at=now, beat_at=now)
    run = started(
        alice, tmp_path, some_with_email(1_500), EnrichmentType.PARTIAL, only_missing=True
    )
    parting = "parting the rows to enrich from those that go in as they are"
    assert parting in words(alice_client.get(run.get_absolute_url()))
    stepped(run)
    assert parting not in words(alice_client.get(run.get_absolute_url()))
