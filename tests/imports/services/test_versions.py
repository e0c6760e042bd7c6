from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from enrichment.models import Workflow
from imports.models import (
    Chunk,
    ProblemRow,
    ProblemSource,
    ReadBack,
    Run,
    RunState,
    RunVersion,
    version_triggers,
)
from imports.services.versions import MOMENT_SECONDS, version_of
from tests.imports.pages import PLAN, made_run, with_chunks

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(alice) -> Run:
    run = with_chunks(made_run(alice, RunState.PAUSED), "done", "sending", "ready")
    workflow = Workflow.objects.create(workflow_id="wf", list_id="list-1")
    Chunk.objects.filter(run=run, number=1).update(workflow=workflow)
    ReadBack.objects.create(run=run, purpose="evidence")
    return run


def number(run: Run) -> int:
    return version_of(run.pk).number


CHANGES = {
    "state": lambda run: Run.objects.filter(pk=run.pk).update(state="cancelled"),
    "why it is paused": lambda run: Run.objects.filter(pk=run.pk).update(pause_reason="key"),
    "what it waits for": lambda run: Run.objects.filter(pk=run.pk).update(waiting_for="x"),
    "its problem": lambda run: Run.objects.filter(pk=run.pk).update(problem="x"),
    "rows skipped": lambda run: Run.objects.filter(pk=run.pk).update(rows_skipped=1),
    "a call's state": lambda run: Chunk.objects.filter(number=3).update(state="sending"),
    "a call's rows": lambda run: Chunk.objects.filter(number=1).update(rows_imported=9),
    "rows undone": lambda run: Chunk.objects.filter(number=1).update(rows_undone=9),
    "a call's request": lambda run: Chunk.objects.filter(number=1).update(request_id="x"),
    "a new call": lambda run: Chunk.objects.create(
        run=run, plan=PLAN, number=4, rows=1, row_numbers="2", body_bytes=1, body_sha256="0"
    ),
    "its enrichment": lambda run: Workflow.objects.update(processed=7),
    "credits charged": lambda run: Workflow.objects.update(credits_charged=7),
    "the end of its enrichment": lambda run: Workflow.objects.update(ended_at=timezone.now()),
    "how far a list is read": lambda run: ReadBack.objects.update(leads_read=500),
    "that a list is read": lambda run: ReadBack.objects.update(state="read"),
    "that a list is being read": lambda run: ReadBack.objects.create(
        run=run, purpose="evidence"
    ),
    "a row the API skipped": lambda run: ProblemRow.objects.create(
        run=run, plan=PLAN, row=2, reason="x", source=ProblemSource.API
    ),
    "a whole row saved": lambda run: Run(**vars_of(run) | {"file_name": "b.csv"}).save(),
}


def vars_of(run: Run) -> dict[str, object]:
    return {field.attname: getattr(run, field.attname) for field in Run._meta.concrete_fields}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_it_grows_when_what_the_page_shows_changes(run, change):
    before = number(run)

    change(run)

    assert number(run) > before


@pytest.mark.parametrize(
    "same",
    [
        lambda run: Run.objects.filter(pk=run.pk).update(state=RunState.PAUSED),
        lambda run: Run.objects.filter(pk=run.pk).update(
            beat_at=timezone.now(), turn_token="t", wake_at=timezone.now()
        ),
        lambda run: Chunk.objects.update(turn_token="t", next_try_at=timezone.now()),
        lambda run: Workflow.objects.update(next_poll_at=timezone.now()),
        lambda run: ReadBack.objects.update(beat_at=timezone.now(), cursor="c"),
    ],
)
def test_it_stands_while_only_the_work_goes_on(run, same):
    before = number(run)

    same(run)

    assert number(run) == before


def test_it_is_no_other_runs(run, alice):
    other = with_chunks(made_run(alice, RunState.PAUSED), "ready")
    before = number(other)

    Run.objects.filter(pk=run.pk).update(problem="x")
    Chunk.objects.filter(run=run).update(problem="x")

    assert number(other) == before


def test_each_call_knows_when_it_changed_last(run):
    Chunk.objects.filter(run=run, number=3).update(state="sending")

    changed = Chunk.objects.get(run=run, number=3)
    assert changed.version == number(run)
    assert changed.version > Chunk.objects.get(run=run, number=2).version


def test_a_conditional_write_still_counts_its_own_rows_alone(run):
    assert Chunk.objects.filter(run=run, number__lte=2).update(problem="x") == 2
    assert Chunk.objects.filter(run=run, number=9).update(problem="x") == 0


def test_time_moves_it_while_the_run_works(run, time_machine):
    Run.objects.filter(pk=run.pk).update(state=RunState.SENDING)
    time_machine.move_to("2030-01-01 12:00:00Z", tick=False)
    before = version_of(run.pk).token

    time_machine.shift(timedelta(seconds=MOMENT_SECONDS))

    assert version_of(run.pk).token != before


def test_time_does_not_move_it_while_the_run_stands(run, time_machine):
    before = version_of(run.pk).token
    time_machine.move_to(timezone.now() + timedelta(hours=1))
    assert version_of(run.pk).token == before


def test_it_is_asked_for_in_one_query(run, django_assert_num_queries):
    with django_assert_num_queries(1):
        version_of(run.pk)


def test_there_is_none_of_a_run_that_is_not_there(db):
    assert version_of(404) is None


def test_a_run_without_a_version_is_told_as_never_the_same(run):
    RunVersion.objects.all().delete()
    assert number(run) == 0


@pytest.mark.django_db(transaction=True)
def test_it_counts_on_after_a_migration(alice):
    """A migration may rebuild the tables the triggers stand on."""
    call_command("migrate", "imports", "0008", verbosity=0)
    call_command("migrate", verbosity=0)
    run = made_run(alice, RunState.PAUSED)
    before = number(run)

    Run.objects.filter(pk=run.pk).update(problem="x")

    assert number(run) > before


def test_a_flush_leaves_the_counting_in_place(run):
    version_triggers.make(None, connection.alias)
    before = number(run)
    Run.objects.filter(pk=run.pk).update(problem="y")
    assert number(run) == before + 1
