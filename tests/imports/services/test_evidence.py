from __future__ import annotations

import pytest

from imports.models import Again, Chunk, ProblemRow, ReadBack, RunState
from imports.services import evidence, retrying
from imports.services.sums import rows_of, skip_reasons_of
from tests.imports.files import csv_of, read_through, started, stepped, worked

pytestmark = pytest.mark.django_db


def unknown(sandbox, alice, tmp_path, fault, rows=5, **more):
    """A run whose only chunk got no answer within the time the API remembers keys."""
    run = started(alice, tmp_path, csv_of(rows), **more)
    if not run.list_id:
        run = stepped(run)
    while run.before == "to_note":
        run = stepped(run)
    sandbox.fault(fault, path="csv-import")
    run = stepped(run)
    Chunk.objects.update(first_sent_at=run.created_at.replace(year=2020), next_try_at=None)
    return worked(run)


def seen(run):
    read_through(ReadBack.objects.get(run=run))
    return evidence.evidence_for(run, [1])[1]


def test_an_unknown_call_has_the_list_read_by_itself(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    found = seen(run)
    assert (found.is_read, found.found, found.rows) == (True, 5, 5)


def test_it_finds_nothing_of_a_call_that_never_arrived(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_before")
    assert seen(run).found == 0


def test_it_tells_leads_that_were_there_before(sandbox, alice, tmp_path):
    first = worked(started(alice, tmp_path, csv_of(2)))
    run = unknown(
        sandbox, alice, tmp_path, "cut_before", list_id=first.list_id, again=Again.ALL
    )
    found = seen(run)
    assert (found.found, found.before, found.is_noted) == (0, 2, True)


def test_a_verdict_counts_the_rows_the_list_shows(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    lost = sandbox.leads(run.list_id)[0]["lead_id"]
    sandbox.client_for().delete(f"/lead-lists/{run.list_id}/leads", json={"lead_ids": [lost]})
    seen(run)
    assert retrying.decide_unknown(run, 1, alice, went_in=True)
    run = worked(run)
    rows = rows_of(run)
    assert (run.state, rows.imported, rows.skipped) == (RunState.FINISHED_WITH_SKIPS, 4, 1)
    assert rows.adds_up
    assert skip_reasons_of(run) == {"not_in_list": 1}
    assert ProblemRow.objects.get().row == 2


def test_a_verdict_names_a_row_once_that_is_named_already(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    lost = sandbox.leads(run.list_id)[0]["lead_id"]
    sandbox.client_for().delete(f"/lead-lists/{run.list_id}/leads", json={"lead_ids": [lost]})
    seen(run)
    ProblemRow.objects.create(run=run, plan=run.plan, row=2, source="api", reason="other")
    assert retrying.decide_unknown(run, 1, alice, went_in=True)
    assert (ProblemRow.objects.get().row, rows_of(run).imported) == (2, 4)


def test_a_verdict_without_a_look_counts_every_row(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    retrying.decide_unknown(run, 1, alice, went_in=True)
    assert rows_of(run).imported == 5


def test_a_person_can_have_the_list_read_again(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    seen(run)
    assert evidence.look_again(run, 1, alice)
    assert ReadBack.objects.count() == 2


def test_it_reads_the_list_once_at_a_time(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    evidence.look_again(run, 1, alice)
    assert ReadBack.objects.count() == 1


def test_it_does_not_look_for_rows_whose_contents_were_deleted(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    seen(run)
    run.pruned_at = run.created_at
    assert not evidence.look_again(run, 1, alice)


def test_it_does_not_look_for_a_call_whose_outcome_is_known(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(2)))
    assert not evidence.look_again(run, 1, alice)
