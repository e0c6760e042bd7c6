"""An import that is over and cost, or bought, something else than was approved."""

from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.models import Run, RunState
from imports.services import approved, progress
from people.models import Notice, NoticeKind
from tests.imports.files import csv_of, started, worked

pytestmark = pytest.mark.django_db
PARTIAL = EnrichmentType.PARTIAL


def run_of(credits_most=4, enrichment=PARTIAL):
    return Run(credits_most=credits_most, enrichment_type=enrichment)


def chunk(number, rows=2, workflow=1, state="done", enriches=True):
    return {
        "number": number,
        "state": state,
        "enriches": enriches,
        "rows_imported": rows,
        "workflow_id": workflow,
    }


def test_nothing_is_said_of_what_is_as_approved():
    assert approved.differences(run_of(), [chunk(1), chunk(2)], 4) == []


def test_both_figures_are_said_of_what_cost_more():
    [said] = approved.differences(run_of(), [chunk(1)], 5)
    assert said == "5 credits were charged and 4 were approved."


def test_an_enrichment_nobody_approved_is_said():
    [said] = approved.differences(run_of(0, EnrichmentType.OFF), [chunk(1)], 1)
    assert said == "1 credit was charged and 0 were approved."


def test_rows_without_an_enrichment_are_said():
    [said] = approved.differences(run_of(), [chunk(1), chunk(2, workflow=None)], 2)
    assert "No enrichment is known of 2 imported rows (batch 2)" in said
    assert "2 credits were charged of the 4 approved" in said


@pytest.mark.parametrize(
    "rightly_without",
    [chunk(1, rows=0, workflow=None), chunk(1, workflow=None, state="failed")],
)
def test_a_call_that_imported_nothing_has_rightly_none(rightly_without):
    assert approved.differences(run_of(), [rightly_without], 0) == []


def test_rows_that_go_in_as_they_are_have_rightly_none():
    as_they_are = chunk(2, workflow=None, enriches=False)
    assert approved.differences(run_of(), [chunk(1), as_they_are], 2) == []


def test_an_enrichment_of_rows_that_should_go_in_as_they_are_is_said():
    [said] = approved.differences(run_of(), [chunk(1), chunk(2, enriches=False)], 2)
    assert said == (
        "An enrichment was started for 2 rows that should go in as they are (batch 2)."
    )


def test_an_import_without_enrichment_has_rightly_none():
    off = run_of(0, EnrichmentType.OFF)
    assert approved.differences(off, [chunk(1, workflow=None)], 0) == []


@pytest.fixture
def overcharged(sandbox, alice, ada, tmp_path) -> Run:
    """The API charges more than it was allowed, and says so at the end."""
    run = worked(started(alice, tmp_path, csv_of(4), PARTIAL))
    flow = Workflow.objects.get().workflow_id
    status = {"workflow_id": flow, "status": "completed", "credits_charged": 2147483647}
    sandbox.fault("answer", path="enrichment/status", status=200, body=status)
    Workflow.objects.update(next_poll_at=timezone.now())
    assert poll_due() == 1
    return worked(run)


def test_it_does_not_simply_finish(overcharged):
    assert overcharged.state == RunState.NOT_AS_APPROVED
    assert overcharged.is_over


def test_it_tells_its_person_and_every_admin_both_figures(overcharged, alice, ada):
    told = Notice.objects.filter(kind=NoticeKind.NEEDS_YOU)
    assert {notice.person for notice in told} == {alice, ada}
    assert all("2,147,483,647 credits were charged and 4 were" in each.text for each in told)


def test_its_page_says_so(overcharged, alice_client):
    page = alice_client.get(overcharged.get_absolute_url()).content.decode()
    assert "This import is not as it was approved" in page
    assert "2,147,483,647 credits were charged and 4 were approved." in page


def test_it_says_so_as_json(overcharged):
    found = progress.as_json(progress.progress_of(overcharged))
    assert (found["state"], len(found["not_as_approved"])) == ("not_as_approved", 1)


@pytest.fixture
def never_started(sandbox, alice, ada, tmp_path) -> Run:
    """The API imports, and names no enrichment."""
    run = started(alice, tmp_path, csv_of(4), PARTIAL)
    body = {
        "list_id": "a-list",
        "rows_parsed": 4,
        "rows_imported": 4,
        "rows_skipped": 0,
        "skip_reasons": {},
        "sample_skip_rows": [],
        "workflow_id": None,
    }
    sandbox.fault("answer", path="csv-import", status=201, body=body)
    return worked(run)


def test_an_enrichment_that_did_not_start_is_no_good_end(never_started, ada):
    assert never_started.state == RunState.NOT_AS_APPROVED
    text = Notice.objects.get(person=ada).text
    assert "No enrichment is known of 4 imported rows (batch 1)" in text


def test_rows_that_were_all_skipped_have_rightly_no_enrichment(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(4), PARTIAL)
    body = {
        "list_id": "a-list",
        "rows_parsed": 4,
        "rows_imported": 0,
        "rows_skipped": 4,
        "skip_reasons": {"missing_required": 4},
        "sample_skip_rows": [2, 3, 4, 5],
        "workflow_id": None,
    }
    sandbox.fault("answer", path="csv-import", status=201, body=body)
    assert worked(run).state == RunState.FINISHED_WITH_SKIPS
