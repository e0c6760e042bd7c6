from __future__ import annotations

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType, Workflow
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.services import answers, pausing, retrying, settling, starting
from imports.services.turns import take_turn
from people.models import Notice, NoticeKind
from tests.imports.files import HEADER, csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db


def told(person) -> list[str]:
    return list(Notice.objects.filter(person=person).values_list("text", flat=True))


def test_it_tells_the_end_with_its_sums(sandbox, alice, tmp_path):
    twice = f"{HEADER}\nAnn,Lee,ann@example.com,\nAnn,Lee,ann@example.com,\n\nBo,Ek,bo@x.se,\n"
    run = worked(started(alice, tmp_path, twice))
    assert told(alice) == [
        f"Import {run.pk} finished: 2 of 4 rows are in Spring, 1 blank, 1 skipped"
    ]
    assert Notice.objects.get().url == run.get_absolute_url()


def test_it_tells_the_credits_of_an_enrichment(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(10), EnrichmentType.PARTIAL))
    settled = {"credits_charged": 7, "credits_refunded": 3}
    Workflow.objects.update(ended_at=timezone.now(), **settled)
    worked(run)
    assert told(alice)[0].endswith("in Spring; 7 credits charged, 3 refunded")


def ended(run):
    with take_turn(run.pk) as turn:
        settling.finish(run, turn)


def test_it_tells_one_end_once_however_often_it_is_settled(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(2)))
    Run.objects.update(state=RunState.SETTLING)
    ended(run)
    assert len(told(alice)) == 1


def test_a_crash_before_the_notice_leaves_the_end_to_the_next(
    sandbox, alice, tmp_path, monkeypatch
):
    run = started(alice, tmp_path, csv_of(2))
    Run.objects.update(state=RunState.SETTLING)
    with monkeypatch.context() as crash:
        crash.setattr("people.notices.tell", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ended(run)
    assert Run.objects.get().state == RunState.SETTLING


def test_it_tells_the_end_of_a_retry_as_well(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(5))
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    run = worked(run)
    retrying.retry_rows(run, alice)
    worked(run)
    kinds = Notice.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == [NoticeKind.FAILED, NoticeKind.DONE]


def test_it_tells_nobody_what_they_cancelled_themself(sandbox, alice, tmp_path):
    run = stepped(stepped(started(alice, tmp_path, csv_of(1300))))
    starting.cancel_run(run, alice)
    assert worked(run).state == RunState.CANCELLED
    assert told(alice) == []


def test_it_tells_who_cancelled_ones_import(sandbox, alice, ada, tmp_path):
    run = stepped(stepped(started(alice, tmp_path, csv_of(1300))))
    starting.cancel_run(run, ada)
    run = worked(run)
    assert told(alice) == [
        f"Import {run.pk} was cancelled by ada: 600 of 1,300 rows are in Spring, 700 not sent"
    ]


def test_it_tells_why_a_run_failed(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, csv_of(1))
    Run.objects.update(state=RunState.SETTLING, problem="The list is gone.")
    ended(Run.objects.get(pk=run.pk))
    assert told(alice)[0].endswith("in Spring. The list is gone.")


def paused(run, reason, problem):
    with take_turn(run.pk) as turn, turn.writing() as write:
        pausing.pause(write, run, reason, problem)


@pytest.mark.parametrize(
    "reason", [r for r in PauseReason if r not in {PauseReason.NONE, PauseReason.PERSON}]
)
def test_it_tells_that_a_pause_needs_somebody(alice, tmp_path, reason):
    run = started(alice, tmp_path, csv_of(3))
    paused(run, reason, "What happened.")
    assert f"Import {run.pk} is paused: {reason.label[:1].lower()}" in told(alice)[0]
    assert told(alice)[0].endswith("So far 0 of 3 rows are in Spring")


def test_it_tells_each_pause_after_a_resume(alice, tmp_path):
    run = started(alice, tmp_path, csv_of(3))
    for _ in range(2):
        paused(run, PauseReason.CREDITS, "What happened.")
        starting.resume_run(run, alice)
        run.refresh_from_db()
    assert len(told(alice)) == 2


def test_it_tells_nobody_of_a_pause_that_was_not_made(alice, tmp_path):
    run = started(alice, tmp_path, csv_of(3))
    starting.cancel_run(run, alice)
    paused(run, PauseReason.CREDITS, "What happened.")
    assert told(alice) == []


def unknown(run, number):
    chunk = Chunk.objects.get(run=run, number=number)
    with take_turn(run.pk) as turn:
        answers.doubt_after_replay_window(run, chunk, turn)


def test_it_tells_of_an_unknown_outcome_once_a_stint(alice, tmp_path):
    run = started(alice, tmp_path, csv_of(1300))
    unknown(run, 1)
    unknown(run, 2)
    assert told(alice) == [
        f"Import {run.pk} needs you: the answer for batch 1 was lost, so its "
        "600 rows may be in Spring or not"
    ]


def test_it_tells_nobody_of_a_chunk_that_another_worker_owns(alice, tmp_path):
    run = started(alice, tmp_path, csv_of(3))
    chunk = Chunk.objects.get()
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        answers.doubt_after_replay_window(run, chunk, turn)
    assert told(alice) == []
    assert Chunk.objects.get().state == ChunkState.READY
