from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from imports.models import Again, Chunk, ChunkState, LedgerRow, Run, RunState
from imports.services import forecast, starting
from imports.services.starting import Approval, ImportedBefore, NotAsShown, NothingToSend
from people.models import AuditEntry
from tests.imports.files import (
    HEADER,
    checked,
    csv_of,
    started,
    stepped,
    undone,
    uploaded,
    worked,
)
from tests.imports.pages import made_run, with_chunks

pytestmark = pytest.mark.django_db
OFF = Approval(EnrichmentType.OFF, 0)


def test_it_starts_a_checked_run(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    assert starting.start_run(run, alice, OFF)
    run.refresh_from_db()
    assert (run.state, run.started_by, run.credits_most) == (RunState.SENDING, alice, 0)
    assert run.wake_at


def test_it_starts_only_once(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    assert starting.start_run(run, alice, OFF)
    assert not starting.start_run(run, alice, OFF)


def test_it_does_not_start_what_is_discarded_meanwhile(alice, tmp_path, monkeypatch):
    run = checked(alice, tmp_path, csv_of(3))
    monkeypatch.setattr(starting, "_refuse", lambda run, _: starting.discard_run(run, alice))
    assert not starting.start_run(run, alice, OFF)
    assert not AuditEntry.objects.filter(action="started an import").exists()


def test_it_does_not_start_before_the_check(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(3))
    run.rows_ready = 3
    assert not starting.start_run(run, alice, OFF)


def test_it_refuses_when_no_row_is_ready(alice, tmp_path):
    run = checked(alice, tmp_path, HEADER + "\n")
    with pytest.raises(NothingToSend):
        starting.start_run(run, alice, OFF)


def test_it_refuses_to_cost_more_than_was_shown(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    with pytest.raises(NotAsShown):
        starting.start_run(run, alice, Approval(EnrichmentType.FULL, 32))


def test_it_keeps_what_the_run_may_spend(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    starting.start_run(run, alice, Approval(EnrichmentType.FULL, 33))
    run.refresh_from_db()
    assert run.credits_most == 33


def test_it_writes_who_started_it(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    starting.start_run(run, alice, OFF)
    assert AuditEntry.objects.filter(person=alice, action="started an import").count() == 1


def test_it_writes_down_what_was_approved(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    starting.start_run(run, alice, Approval(EnrichmentType.FULL, 33))
    detail = AuditEntry.objects.get(action="started an import").detail
    assert detail == {"enrichment": "full", "credits_most": 33}


@pytest.mark.parametrize(("rows", "has_one"), [(4, False), (5, True)])
def test_only_a_file_of_several_calls_has_a_test_batch(
    alice, tmp_path, settings, rows, has_one
):
    settings.CHUNK_MAX_ROWS = 4
    run = started(alice, tmp_path, csv_of(rows), canary=True)
    assert run.canary is has_one
    assert (run.forecast_at is None) is has_one


def test_it_cancels_before_the_start_at_once(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    assert starting.cancel_run(run, alice)
    run.refresh_from_db()
    assert run.state == RunState.CANCELLED


def test_a_discard_leaves_alone_what_was_started_just_now(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    seen_before = Run.objects.get(pk=run.pk)
    starting.start_run(run, alice, OFF)
    assert not starting.discard_run(seen_before, alice)
    run.refresh_from_db()
    assert run.state == RunState.SENDING


def test_it_cannot_cancel_what_is_over(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    Run.objects.update(state=RunState.FINISHED)
    assert not starting.cancel_run(run, alice)


def test_it_resumes_only_a_paused_run(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    assert not starting.resume_run(run, alice)


def test_it_clears_the_problem_on_resume(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    counts = {"failures_in_a_row": 3, "refusals_in_a_row": 2}
    Run.objects.update(
        state=RunState.PAUSED, problem="No credits", pause_reason="credits", **counts
    )
    assert starting.resume_run(run, alice)
    run.refresh_from_db()
    assert (run.state, run.problem, run.pause_reason) == (RunState.SENDING, "", "")
    assert (run.failures_in_a_row, run.refusals_in_a_row, run.stint) == (0, 0, 1)


def test_it_knows_the_same_file_was_imported_into_the_list(alice, tmp_path):
    earlier = checked(alice, tmp_path, csv_of(3))
    starting.start_run(earlier, alice, OFF)
    again = checked(alice, tmp_path, csv_of(3), again=Again.ALL)
    assert starting.earlier_import(again) == earlier
    assert again.chunks.first().state == ChunkState.READY


def test_it_refuses_the_same_file_for_the_same_list(alice, tmp_path):
    earlier, again = (checked(alice, tmp_path, csv_of(3)) for _ in range(2))
    assert starting.start_run(earlier, alice, OFF)
    with pytest.raises(ImportedBefore) as refusal:
        starting.start_run(again, alice, OFF)
    assert refusal.value.earlier == earlier


def test_it_starts_the_same_file_again_if_a_person_insists(alice, tmp_path):
    earlier, again = (checked(alice, tmp_path, csv_of(3)) for _ in range(2))
    assert starting.start_run(earlier, alice, OFF)
    insists = Approval(EnrichmentType.OFF, 0, again=True)
    assert starting.start_run(again, alice, insists)


def test_it_starts_the_same_file_again_if_a_person_said_so_at_the_check(alice, tmp_path):
    started(alice, tmp_path, csv_of(3))
    assert starting.start_run(checked(alice, tmp_path, csv_of(3), again=Again.ALL), alice, OFF)


def test_it_knows_a_list_that_another_import_is_about_to_make(alice, tmp_path):
    earlier = started(alice, tmp_path, csv_of(3), list_name="Spring")
    found = checked(alice, tmp_path, csv_of(3), list_name="spring", list_id="found-meanwhile")
    assert starting.earlier_import(found) == earlier


def test_it_tells_two_lists_of_one_name_apart(alice, tmp_path):
    started(alice, tmp_path, csv_of(3), list_id="mine")
    assert starting.earlier_import(checked(alice, tmp_path, csv_of(3), list_id="hers")) is None


def test_a_cancelled_import_that_left_rows_in_the_list_counts(
    sandbox, alice, settings, tmp_path
):
    settings.CHUNK_MAX_ROWS = 2
    again = checked(alice, tmp_path, csv_of(4))
    run = started(alice, tmp_path, csv_of(4))
    while not sandbox.ledger("row_imported"):
        run = stepped(run)
    starting.cancel_run(run, alice)
    run = worked(run)
    assert run.state == RunState.CANCELLED
    assert starting.earlier_import(again) == run


def test_a_cancelled_import_that_sent_nothing_does_not_count(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(4))
    starting.cancel_run(run, alice)
    worked(run)
    assert starting.earlier_import(checked(alice, tmp_path, csv_of(4))) is None


def test_it_starts_what_the_last_check_found(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(3))
    seen_before = Run.objects.get(pk=run.pk)
    Run.objects.update(rows_ready=4)
    with pytest.raises(NotAsShown):
        starting.start_run(seen_before, alice, Approval(EnrichmentType.PARTIAL, 3))


def test_an_import_of_which_not_every_skipped_row_is_known_is_in_the_way(
    sandbox, alice, tmp_path
):
    first = worked(started(alice, tmp_path, csv_of(30)))
    Chunk.objects.update(rows_imported=15, rows_skipped=15, rows_named=2)
    LedgerRow.objects.filter(row__lt=5).delete()
    again = checked(alice, tmp_path, csv_of(30), list_id=first.list_id)
    assert again.known["runs"] == {str(first.pk): 30}
    assert starting.earlier_import(again) == first
    Chunk.objects.filter(run=first).update(rows_named=15)
    assert starting.earlier_import(again) is None


def test_it_asks_nothing_for_another_list(alice, tmp_path):
    earlier = checked(alice, tmp_path, csv_of(3))
    starting.start_run(earlier, alice, OFF)
    elsewhere = checked(alice, tmp_path, csv_of(3), list_name="Autumn")
    assert starting.earlier_import(elsewhere) is None


def test_a_file_whose_import_was_undone_counts_as_new(sandbox, alice, tmp_path):
    undone(worked(started(alice, tmp_path, csv_of(3))), alice)
    assert starting.earlier_import(checked(alice, tmp_path, csv_of(3))) is None


@pytest.mark.parametrize(("list_id", "calls"), [("", 1), ("a-list", 7)])
def test_a_list_that_is_yet_to_be_made_has_nothing_to_note(list_id, calls):
    assert starting.calls_before_rows(Run(list_id=list_id), 7) == calls


@pytest.mark.parametrize(("kind", "quotes"), [("off", 0), ("partial", 2)])
def test_what_is_left_takes_a_quote_a_call_only_where_it_is_enriched(
    alice, monkeypatch, kind, quotes
):
    run = with_chunks(
        made_run(alice, RunState.PAUSED, enrichment_type=kind), "done", "ready", "ready"
    )
    monkeypatch.setattr(forecast, "length_of", lambda calls, quotes, _: (calls, quotes))
    assert starting._length_of_rest(run) == (2, quotes)
