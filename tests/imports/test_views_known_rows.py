"""Check says which rows earlier imports have brought; the run page how many are named."""

from __future__ import annotations

import pytest
from django.utils import timezone

from imports.models import Again, Purpose, ReadBack, ReadBackState, Run, RunState
from imports.services import checking
from tests.imports.files import HEADER, checked, csv_of, started, worked
from tests.imports.pages import at, made_run, with_chunks, words

pytestmark = pytest.mark.django_db
TWO = f"{HEADER}\nAnn1,Lee,ann1@example.com,Acme\nAnn2,Lee,ann2@example.com,Initech\n"


@pytest.fixture
def first(sandbox, alice, tmp_path) -> Run:
    return worked(started(alice, tmp_path, csv_of(3)))


def weekly(alice, tmp_path, first, text=None, **more) -> Run:
    return checked(alice, tmp_path, text or csv_of(4), list_id=first.list_id, **more)


def test_it_says_how_many_rows_are_known_from_which_import(
    alice_client, alice, tmp_path, first
):
    shown = words(alice_client.get(at("check", weekly(alice, tmp_path, first))))
    day = timezone.localtime(first.started_at)
    assert f"3 of these 4 rows were imported on {day.day} {day:%B}" in shown
    assert f"import {first.pk}" in shown
    assert "They are left out." in shown
    assert "1 ready 3 already imported" in shown
    assert "Same as row 2 of import" in shown
    assert "Import 1 lead" in shown


def test_a_person_may_have_them_go_again(alice_client, alice, tmp_path, first):
    run = weekly(alice, tmp_path, first)
    answer = alice_client.post(at("again", run) + "?enrich=partial", {"again": "all"})
    assert answer.url == at("check", run) + "?enrich=partial"
    checking.check(run.pk)
    shown = words(alice_client.get(at("check", run)))
    assert "They go in again: their leads will be in the list twice." in shown
    assert "Import 4 leads" in shown
    assert "Leave them out" in shown


def test_it_offers_those_with_other_values_apart(alice_client, alice, tmp_path, first):
    shown = words(alice_client.get(at("check", weekly(alice, tmp_path, first, TWO))))
    assert "1 row has other values for the same person." in shown
    assert "Import the 1 with other values" in shown
    assert "Import all 2 again" in shown
    assert f"Other values than row 3 of import {first.pk} " in shown
    assert "There is nothing new to import" in shown
    assert "No row of this file can be imported" not in shown


def test_a_viewer_is_not_asked(bob_client, alice, tmp_path, first):
    run = weekly(alice, tmp_path, first)
    shown = words(bob_client.get(at("check", run)))
    assert "3 of these 4 rows were imported" in shown
    assert "Import all 3 again" not in shown
    assert bob_client.post(at("again", run), {"again": "all"}).status_code == 403


def test_it_asks_nothing_for_a_file_of_new_rows(alice_client, alice, tmp_path, first):
    run = weekly(alice, tmp_path, first, csv_of(3, start=11))
    assert 'id="known"' not in alice_client.get(at("check", run)).content.decode()


def test_it_does_not_warn_of_the_same_file_twice(alice_client, alice, tmp_path, first):
    run = weekly(alice, tmp_path, first, csv_of(3), again=Again.ALL)
    assert "This file went into this list" not in words(alice_client.get(at("check", run)))


def test_a_start_that_comes_too_late_is_compared_again(alice_client, alice, tmp_path):
    run, other = (checked(alice, tmp_path, csv_of(rows)) for rows in (301, 300))
    alice_client.post(at("start", other), {"enrich": "off", "credits_most": 0})
    answer = alice_client.post(
        at("start", run), {"enrich": "off", "credits_most": 0}, follow=True
    )
    assert "It is compared with it again" in words(answer)
    run.refresh_from_db()
    assert run.state == RunState.CHECKING


@pytest.fixture
def skipping(alice) -> Run:
    run = with_chunks(made_run(alice, RunState.FINISHED_WITH_SKIPS), "done", rows=600)
    run.chunks.update(
        rows_imported=96, rows_skipped=504, rows_named=10, skip_reasons={"a": 504}
    )
    return run


def test_the_button_says_how_many_rows_its_file_holds(alice_client, skipping):
    shown = words(alice_client.get(at("run", skipping)))
    assert "504 were skipped" in shown
    assert "Download the 10 left out" in shown
    assert "10 of 504 named so far. The list was not read for the others yet." in shown
    assert "Read the list" in shown


def test_the_page_watches_while_the_list_is_read(alice_client, alice, skipping):
    alice_client.post(at("name_rows", skipping))
    look = ReadBack.objects.get(run=skipping, purpose=Purpose.NAMES)
    page = alice_client.get(at("run", skipping))
    assert "The list is being read for the others." in words(page)
    assert "data-poll" in page.content.decode()
    ReadBack.objects.filter(pk=look.pk).update(state=ReadBackState.READ)
    page = alice_client.get(at("run", skipping))
    assert "be told which of them were" in words(page)
    assert "data-poll" not in page.content.decode()


def test_the_page_says_why_the_list_could_not_be_read(alice_client, skipping):
    look = {"state": ReadBackState.FAILED, "problem": "The list is gone."}
    ReadBack.objects.create(run=skipping, purpose=Purpose.NAMES, **look)
    shown = words(alice_client.get(at("run", skipping)))
    assert "The list could not be read. The list is gone." in shown
    assert "Read the list again" in shown


def test_a_viewer_has_no_list_read(bob_client, skipping):
    assert bob_client.post(at("name_rows", skipping)).status_code == 403


def test_nothing_is_said_once_every_row_is_named(alice_client, skipping):
    skipping.chunks.update(rows_named=504)
    page = alice_client.get(at("run", skipping))
    assert "Download the 504 left out" in words(page)
    assert 'id="naming"' not in page.content.decode()
