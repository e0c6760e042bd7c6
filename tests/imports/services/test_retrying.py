from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Again, Chunk, ChunkState, LedgerRow, PauseReason, Run, RunState
from imports.services import retrying, starting
from imports.services.sums import rows_of
from people.models import AuditEntry
from tests.imports.files import checked, csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db


def emails(sandbox):
    return [entry["email"] for entry in sandbox.ledger("row_imported")]


def cancelled(alice, tmp_path):
    """One chunk of 600 is in the list, 700 rows were not sent."""
    run = stepped(stepped(started(alice, tmp_path, csv_of(1300))))
    starting.cancel_run(run, alice)
    return worked(run)


def test_it_sends_the_rest_of_a_cancelled_import(sandbox, alice, tmp_path):
    run = cancelled(alice, tmp_path)
    assert retrying.retry_rows(run, alice) == 700
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert sorted(emails(sandbox)) == sorted(f"ann{n}@example.com" for n in range(1, 1301))


def test_it_sends_failed_rows_under_a_new_key(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    run = worked(run)
    assert rows_of(run).failed == 5
    first_key = Chunk.objects.get().idempotency_key
    assert retrying.retry_rows(run, alice) == 5
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert Chunk.objects.get().idempotency_key != first_key


def left_by(model, **left):
    """A row of the table that was used, and how those fields of a new one are."""
    model.objects.update(**left)
    new = model()
    return {name: getattr(new, name) for name in left}


def fields_of(model, names):
    return {name: getattr(model.objects.get(), name) for name in names}


def test_a_chunk_that_goes_again_begins_anew(alice, tmp_path):
    run, now = started(alice, tmp_path, csv_of(5)), timezone.now()
    Run.objects.update(state=RunState.FAILED)
    quote = {"quote_id": "qte_1", "quote_expires_at": now, "credits_quoted": 9}
    quotes = {"skips_quote": True, "quotes_refused": 1}
    moments = {"first_sent_at": now, "answered_at": now, "next_try_at": now}
    call = {"idempotency_key": "cp-1", "faults": 5, "asked_before": True, "problem": "No."}
    left = {"state": ChunkState.FAILED} | quote | quotes | moments | call
    new = left_by(Chunk, **left)
    assert retrying.retry_rows(run, alice) == 5
    assert fields_of(Chunk, new) == new
    assert Chunk.objects.get().key_generation == 1


def test_a_run_that_goes_again_begins_anew(alice, tmp_path):
    run, now = started(alice, tmp_path, csv_of(5)), timezone.now()
    Chunk.objects.update(state=ChunkState.FAILED)
    why = {"problem": "No.", "problem_request_id": "req_1", "pause_reason": PauseReason.KEY}
    counts = {"failures_in_a_row": 3, "refusals_in_a_row": 2}
    ends = {"ended_at": now, "sent_at": now, "cancelled_by": alice}
    new = left_by(Run, **why, **counts, **ends)
    Run.objects.update(state=RunState.FAILED, wake_at=None)
    assert retrying.retry_rows(run, alice) == 5
    assert fields_of(Run, new) == new
    assert (Run.objects.get().stint, Run.objects.get().wake_at >= now) == (2, True)


def test_it_has_nothing_to_retry_in_a_finished_import(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(5)))
    assert retrying.retry_rows(run, alice) == 0
    run.refresh_from_db()
    assert run.state == RunState.FINISHED


def test_it_leaves_a_run_at_work_alone(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    Chunk.objects.update(state=ChunkState.FAILED)
    assert retrying.retry_rows(run, alice) == 0


def test_it_sends_nothing_again_that_a_later_import_of_the_file_has_sent(
    sandbox, alice, tmp_path
):
    first = cancelled(alice, tmp_path)
    again = starting.Approval(EnrichmentType.OFF, 0, again=True)
    later = checked(alice, tmp_path, csv_of(1300), list_id=first.list_id)
    assert starting.start_run(later, alice, again)
    with pytest.raises(starting.ImportedBefore):
        retrying.retry_rows(first, alice)


def test_it_sends_no_row_again_that_another_file_has_brought_since(sandbox, alice, tmp_path):
    first = cancelled(alice, tmp_path)
    worked(started(alice, tmp_path, csv_of(5, start=1299), list_id=first.list_id))
    with pytest.raises(retrying.BroughtSince) as refusal:
        retrying.retry_rows(first, alice)
    assert (refusal.value.rows, refusal.value.asked) == (2, 700)
    assert str(refusal.value).startswith("2 of 700 rows came by imports")
    assert Chunk.objects.of_plan(first).filter(state=ChunkState.NOT_SENT).exists()


def test_it_sends_no_row_again_that_another_import_is_about_to_send(sandbox, alice, tmp_path):
    first = cancelled(alice, tmp_path)
    started(alice, tmp_path, csv_of(5, start=1299), list_id=first.list_id)
    with pytest.raises(retrying.BroughtSince):
        retrying.retry_rows(first, alice)


def test_it_asks_also_for_what_an_older_import_has_brought_by_a_retry(
    sandbox, alice, tmp_path
):
    older = cancelled(alice, tmp_path)
    younger = started(alice, tmp_path, csv_of(700, start=601), list_id=older.list_id)
    starting.cancel_run(younger, alice)
    younger = worked(younger)
    assert retrying.retry_rows(older, alice) == 700
    worked(Run.objects.get(pk=older.pk))
    with pytest.raises(retrying.BroughtSince):
        retrying.retry_rows(younger, alice)


def test_other_rows_of_another_import_keep_nobody_from_a_retry(sandbox, alice, tmp_path):
    first = cancelled(alice, tmp_path)
    worked(started(alice, tmp_path, csv_of(5, start=2_000), list_id=first.list_id))
    assert retrying.retry_rows(first, alice) == 700


def test_rows_sent_again_on_purpose_may_be_retried(sandbox, alice, tmp_path):
    first = worked(started(alice, tmp_path, csv_of(2)))
    list_id = first.list_id
    again = {"list_id": list_id, "again": Again.ALL}
    later = checked(alice, tmp_path, csv_of(2), **again)
    assert starting.start_run(later, alice, starting.Approval(EnrichmentType.OFF, 0))
    starting.cancel_run(Run.objects.get(pk=later.pk), alice)
    later = worked(later)
    worked(started(alice, tmp_path, csv_of(2, start=10), list_id=list_id))
    assert retrying.retry_rows(later, alice) == 2


def test_it_asks_again_where_another_starts_meanwhile(sandbox, alice, tmp_path, monkeypatch):
    first = cancelled(alice, tmp_path)
    other = checked(alice, tmp_path, csv_of(5, start=1299), list_id=first.list_id)
    start_alone = starting.start_alone

    def after_another_start():
        monkeypatch.setattr(starting, "start_alone", start_alone)
        Run.objects.filter(pk=other.pk).update(
            state=RunState.SENDING, started_at=timezone.now(), stint=1
        )

    monkeypatch.setattr(starting, "start_alone", after_another_start)
    with pytest.raises(retrying.BroughtSince):
        retrying.retry_rows(first, alice)


def test_an_earlier_import_of_the_file_keeps_nobody_from_a_retry(sandbox, alice, tmp_path):
    first = worked(started(alice, tmp_path, csv_of(2)))
    again = {"list_id": first.list_id, "again": Again.ALL}
    later = checked(alice, tmp_path, csv_of(2), **again)
    assert starting.start_run(later, alice, starting.Approval(EnrichmentType.OFF, 0))
    starting.cancel_run(Run.objects.get(pk=later.pk), alice)
    assert retrying.retry_rows(worked(later), alice) == 2


def unknown(sandbox, alice, tmp_path, fault):
    """A run whose only chunk got no answer within the time the API remembers keys."""
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault(fault, path="csv-import")
    run = stepped(stepped(run))
    Chunk.objects.update(first_sent_at=run.created_at.replace(year=2020), next_try_at=None)
    return worked(run)


def test_it_takes_a_persons_word_that_the_rows_are_in(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    assert retrying.decide_unknown(run, 1, alice, went_in=True)
    run = worked(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 5)
    assert Chunk.objects.get().skip_reasons == {}
    assert len(emails(sandbox)) == 5


def test_it_sends_again_what_a_person_says_is_not_in(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_before")
    assert retrying.decide_unknown(run, 1, alice, went_in=False)
    run = worked(run)
    assert (run.state, len(emails(sandbox))) == (RunState.FINISHED, 5)


def test_it_sends_no_unknown_row_that_another_file_has_brought_since(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_before")
    worked(started(alice, tmp_path, csv_of(1), list_id=run.list_id, again=Again.ALL))
    with pytest.raises(retrying.BroughtSince):
        retrying.decide_unknown(run, 1, alice, went_in=False)
    assert retrying.decide_unknown(run, 1, alice, went_in=True)


def test_it_goes_on_sending_after_a_verdict_while_rows_are_to_go(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(1300))
    sandbox.fault("cut_after", path="csv-import")
    run = stepped(stepped(run))
    Chunk.objects.filter(number=1).update(
        first_sent_at=run.created_at.replace(year=2020), next_try_at=None
    )
    run = stepped(run)
    starting.pause_run(run, alice)
    assert retrying.decide_unknown(run, 1, alice, went_in=True)
    run = worked(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 1300)


def test_it_writes_down_who_decided(sandbox, alice, tmp_path):
    run = unknown(sandbox, alice, tmp_path, "cut_after")
    retrying.decide_unknown(run, 1, alice, went_in=True)
    entry = AuditEntry.objects.get(action="decided on unknown rows")
    assert (entry.person, entry.detail) == (alice, {"chunk": 1, "verdict": "are in the list"})


def test_it_decides_only_on_unknown_chunks(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(5)))
    assert not retrying.decide_unknown(run, 1, alice, went_in=False)


def test_it_pauses_until_a_person_resumes(sandbox, alice, tmp_path):
    run = stepped(stepped(started(alice, tmp_path, csv_of(1300))))
    assert starting.pause_run(run, alice)
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.PERSON)
    assert len(emails(sandbox)) == 600
    assert starting.resume_run(run, alice)
    assert worked(run).state == RunState.FINISHED


def test_it_pauses_only_what_is_sending(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(5)))
    assert not starting.pause_run(run, alice)
    assert Run.objects.get().state == RunState.FINISHED


def test_nothing_goes_again_that_another_import_may_have_brought(sandbox, alice, tmp_path):
    first = cancelled(alice, tmp_path)
    weekly = checked(alice, tmp_path, csv_of(1301), list_id=first.list_id)
    assert starting.start_run(weekly, alice, starting.Approval(EnrichmentType.OFF, 0))
    worked(weekly)
    LedgerRow.objects.filter(run=weekly).delete()
    Chunk.objects.filter(run=weekly).update(state=ChunkState.UNKNOWN)
    with pytest.raises(retrying.BroughtSince) as refusal:
        retrying.retry_rows(first, alice)
    assert refusal.value.rows == 700
