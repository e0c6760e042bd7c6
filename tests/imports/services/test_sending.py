from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from connections.clients import budget
from enrichment.models import EnrichmentType, Workflow
from enrichment.polls import poll_due
from imports.models import Before, Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import progress, sending, slots, starting
from imports.services.sums import rows_of
from imports.services.turns import take_turn
from lists.models import KnownList
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db


def emails(sandbox):
    return [entry["email"] for entry in sandbox.ledger("row_imported")]


def test_it_imports_every_row_once(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(1300)))
    assert run.state == RunState.FINISHED
    assert sorted(emails(sandbox)) == sorted(f"ann{n}@example.com" for n in range(1, 1301))
    assert rows_of(run).adds_up


def test_it_makes_one_call_a_chunk(sandbox, alice, tmp_path):
    worked(started(alice, tmp_path, csv_of(1300)))
    calls = [e for e in sandbox.ledger("request") if e["path"].endswith("/csv-import")]
    assert len(calls) == 3
    assert len({call["idempotency_key"] for call in calls}) == 3


def test_it_makes_the_new_list_of_the_run(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(3), list_name="Fresh list"))
    [made] = sandbox.ledger("list_created")
    assert run.list_id == made["list_id"]


def test_it_says_explicitly_that_nothing_is_enriched(sandbox, alice, tmp_path):
    worked(started(alice, tmp_path, csv_of(3)))
    assert sandbox.ledger("workflow_started") == []
    assert sandbox.ledger("credits_reserved") == []


def test_it_ends_with_skips_when_the_check_found_some(sandbox, alice, tmp_path):
    text = csv_of(3) + "Ann,Lee,ann1@example.com,Acme\nOnly,,,\n,,,\n"
    run = worked(started(alice, tmp_path, text))
    rows = rows_of(run)
    assert run.state == RunState.FINISHED_WITH_SKIPS
    assert (rows.inside, rows.imported, rows.skipped, rows.blank) == (6, 3, 2, 1)


def test_it_waits_for_the_enrichment_and_settles_its_credits(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(40), EnrichmentType.PARTIAL))
    assert run.state == RunState.SETTLING
    sandbox.advance(3600)
    Workflow.objects.update(next_poll_at=run.created_at)
    poll_due()
    run = worked(run)
    money = progress.as_json(progress.progress_of(run))["credits"]
    charged = sum(entry["credits"] for entry in sandbox.ledger("credits_charged"))
    assert run.state == RunState.FINISHED
    assert money == {
        "most": 40,
        "reserved": 40,
        "charged": charged,
        "refunded": 40 - charged,
    }


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "garbage", "server_error"])
def test_it_asks_again_under_the_same_key(sandbox, alice, tmp_path, kind):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault(kind, path="csv-import")
    run = stepped(stepped(run))
    Chunk.objects.update(next_try_at=None)
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert len(emails(sandbox)) == 5


def test_it_replays_a_chunk_whose_worker_died_after_the_call(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    worked(run)
    Chunk.objects.update(state=ChunkState.SENDING)
    Run.objects.update(state=RunState.SENDING)
    run = worked(run)
    assert Chunk.objects.get().replayed
    assert len(emails(sandbox)) == 5


def test_it_pauses_when_the_balance_is_short(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5), EnrichmentType.FULL)
    sandbox.fault("out_of_credits", path="csv-import")
    run = worked(run)
    assert (run.state, run.pause_reason) == (RunState.PAUSED, PauseReason.CREDITS)
    assert rows_of(run).to_go == 5


def test_it_goes_on_after_a_pause(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("unauthorized", path="csv-import")
    run = worked(run)
    assert run.pause_reason == PauseReason.KEY
    assert starting.resume_run(run, alice)
    run = worked(run)
    assert run.state == RunState.FINISHED


def test_it_fetches_a_new_quote_when_one_has_expired(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5), EnrichmentType.PARTIAL)
    sandbox.fault("quote_expired", path="csv-import")
    run = worked(run)
    assert run.state == RunState.SETTLING
    assert len(sandbox.ledger("workflow_started")) == 1


def test_it_stops_when_the_list_was_deleted(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(1300))
    run = stepped(run)
    sandbox.client_for().delete(f"/lead-lists/{run.list_id}")
    run = worked(run)
    rows = rows_of(run)
    assert run.state == RunState.FAILED
    assert rows.not_sent + rows.imported == 1300
    assert rows.adds_up


def test_it_halves_a_chunk_the_api_calls_too_large(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("server_error", status=413, path="csv-import")
    run = worked(run)
    assert run.state == RunState.FINISHED
    assert sorted(emails(sandbox)) == sorted(f"ann{n}@example.com" for n in range(1, 6))
    assert Chunk.objects.count() == 2


def test_it_cancels_before_the_next_chunk(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(1300))
    run = stepped(stepped(run))
    assert starting.cancel_run(run, alice)
    run = worked(run)
    rows = rows_of(run)
    assert run.state == RunState.CANCELLED
    assert (rows.imported, rows.not_sent) == (len(emails(sandbox)), 1300 - rows.imported)


def test_it_leaves_a_chunk_unknown_after_the_replay_window(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("cut_after", path="csv-import")
    run = stepped(stepped(run))
    long_ago = run.created_at.replace(year=2020)
    Chunk.objects.update(first_sent_at=long_ago, next_try_at=None)
    run = worked(run)
    assert run.state == RunState.FAILED
    assert Chunk.objects.get().state == ChunkState.UNKNOWN
    assert rows_of(run).unknown == 5


def test_it_never_starts_twice(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    approval = starting.Approval(EnrichmentType.OFF, 0)
    assert not starting.start_run(run, alice, approval)


def test_it_does_nothing_without_the_turn(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    with take_turn(run.pk):
        sending.advance(run.pk)
    assert emails(sandbox) == []


def test_a_lost_answer_and_a_refusal_are_not_two_refusals(sandbox, alice, tmp_path):
    run = stepped(started(alice, tmp_path, csv_of(1300)))
    sandbox.fault("cut_before", path="csv-import")
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    run = stepped(run)
    Chunk.objects.filter(number=1).update(next_try_at=timezone.now() + timedelta(hours=1))
    run = stepped(run)
    assert (run.state, run.refusals_in_a_row) == (RunState.SENDING, 1)


def test_it_lets_another_run_go_after_each_call(sandbox, alice, settings, tmp_path):
    settings.CHUNK_MAX_ROWS = 1
    run = started(alice, tmp_path, csv_of(3), list_name="One")
    started(alice, tmp_path, csv_of(3), list_name="Two")
    for calls in range(3):
        sending.advance(run.pk)
        assert len(sandbox.calls("csv-import")) == calls
    assert Run.objects.due(timezone.now()).count() == 2


def test_it_keeps_its_worker_while_it_stands_in_the_line(
    sandbox, alice, tmp_path, monkeypatch
):
    """Another run would only stand behind it."""
    run = started(alice, tmp_path, csv_of(3), list_name="One")
    started(alice, tmp_path, csv_of(3), list_name="Two")
    waits = iter([0.01, 0.01, 0.0])
    monkeypatch.setattr(slots.connections, "take_slot", lambda *_: next(waits))
    sending.advance(run.pk)
    assert len(sandbox.calls()) == 1


@pytest.mark.parametrize("waits", [0.5, 40.0])
@pytest.mark.parametrize(
    "before",
    [{"list_id": ""}, {"list_id": "a-list", "before": Before.TO_NOTE}, {"list_id": "a-list"}],
)
def test_it_makes_no_call_before_its_turn_in_the_line(
    sandbox, alice, tmp_path, monkeypatch, before, waits
):
    run = started(alice, tmp_path, csv_of(3), undoable=False)
    Run.objects.update(**before)
    run.refresh_from_db()
    monkeypatch.setattr(sending, "take_slot", lambda _: waits)
    with take_turn(run.pk) as turn:
        assert sending.step(run, turn) == waits
    run.refresh_from_db()
    assert (sandbox.calls(), run.waiting_for) == ([], sending.RATE_LIMIT)


def test_it_waits_for_nothing_where_there_is_no_line(alice, tmp_path, monkeypatch):
    run = started(alice, tmp_path, csv_of(3))
    monkeypatch.setattr(sending, "take_slot", lambda _: 0.0)
    with take_turn(run.pk) as turn:
        assert sending._take_slot(run, turn) == 0.0
    run.refresh_from_db()
    assert run.waiting_for == ""


@pytest.mark.parametrize(
    ("second", "is_held"),
    [({}, True), ({"first_sent_at": timezone.now()}, False), ({"enriches": False}, False)],
)
def test_only_a_call_that_may_yet_cost_something_is_held_against_the_limit(
    alice, settings, tmp_path, second, is_held
):
    settings.CHUNK_MAX_ROWS = 1
    run = started(alice, tmp_path, csv_of(2), EnrichmentType.PARTIAL)
    Chunk.objects.filter(number=1).update(state=ChunkState.DONE, credits_quoted=9)
    Chunk.objects.filter(number=2).update(**second)
    assert bool(sending._goes_too_far(run, Chunk.objects.get(number=2))) is is_held


def test_what_the_api_said_last_stays_said_in_the_line(alice, tmp_path, monkeypatch):
    run = started(alice, tmp_path, csv_of(3))
    Run.objects.update(waiting_for="The API is busy.")
    monkeypatch.setattr(sending, "take_slot", lambda _: 0.5)
    assert stepped(run).waiting_for == "The API is busy."


def test_it_waits_for_nothing_once_it_has_its_list(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(3))
    Run.objects.update(waiting_for="The API is busy.")
    assert stepped(run).waiting_for == ""


@pytest.mark.parametrize(
    ("undoable", "is_there", "before"),
    [
        (True, False, Before.NOTED),
        (True, True, Before.TO_NOTE),
        (False, False, Before.NOT_NOTED),
        (False, True, Before.NOT_NOTED),
    ],
)
def test_only_a_list_just_made_is_known_to_be_empty(
    sandbox, alice, tmp_path, undoable, is_there, before
):
    if is_there:
        sandbox.make_list("Spring")
    run = stepped(started(alice, tmp_path, csv_of(3), undoable=undoable))
    assert (bool(run.list_id), run.before) == (True, before)


def test_it_makes_many_calls_while_it_has_its_worker_alone(sandbox, alice, settings, tmp_path):
    settings.CHUNK_MAX_ROWS = 1
    run = started(alice, tmp_path, csv_of(3))
    sending.advance(run.pk, slice_seconds=60.0)
    assert len(sandbox.calls("csv-import")) == 3


def test_it_has_the_list_asked_for_again_after_each_call(sandbox, alice, settings, tmp_path):
    settings.CHUNK_MAX_ROWS = 1
    run = stepped(started(alice, tmp_path, csv_of(3)))
    KnownList.objects.update_or_create(
        pk=run.list_id, defaults={"name": "Spring", "detail_at": timezone.now()}
    )
    stepped(run)
    assert KnownList.objects.get(pk=run.list_id).detail_at is None


def test_it_lets_its_worker_go_when_the_api_wants_a_long_pause(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(3))
    budget().hold(40.0)
    run = worked(run)
    assert run.turn_expires_at is None
    assert run.wake_at > timezone.now() + timedelta(seconds=30)


def test_it_lets_its_worker_go_when_its_slice_is_over(sandbox, alice, settings, tmp_path):
    settings.CHUNK_MAX_ROWS = 1
    run = started(alice, tmp_path, csv_of(3))
    sending.advance(run.pk, slice_seconds=0.0)
    assert len(sandbox.calls()) == 1
    assert Run.objects.due(timezone.now()).get() == run


@pytest.mark.parametrize("refusal", ["unauthorized", "no_scope"])
def test_it_pauses_when_the_key_may_not_make_the_list(sandbox, alice, tmp_path, refusal):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault(refusal, method="POST", path="lead-lists$")
    run = worked(run)
    assert run.state == RunState.PAUSED
    assert starting.resume_run(run, alice)
    assert worked(run).state == RunState.FINISHED


def test_it_ends_when_the_list_cannot_be_made(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault(
        "answer",
        method="POST",
        path="lead-lists$",
        status=422,
        body={"detail": "No such name"},
    )
    run = worked(run)
    assert (run.state, rows_of(run).not_sent) == (RunState.FAILED, 5)
