from __future__ import annotations

import itertools
import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from imports.models import Chunk, ChunkBody, ChunkState, ProblemRow, Run, RunState
from imports.services import retention, retrying
from imports.services.manifest import manifest
from imports.services.pieces import pieces
from imports.services.retention import Pruned, prune
from imports.services.storage import stored_path
from imports.services.sums import rows_of, skip_reasons_of
from imports.tasks import prune_daily
from people.models import AuditEntry
from tests.imports.files import checked, csv_of, started, worked
from tests.imports.pages import made_run, with_problem

pytestmark = pytest.mark.django_db
FILE = csv_of(4) + "Ann,Lee,ann1@example.com,Secret GmbH\n"
NOTHING = Pruned(0, 0, 0)


def aged(run: Run, days: float = 91) -> Run:
    then = timezone.now() - timedelta(days=days)
    Run.objects.filter(pk=run.pk).update(created_at=then, ended_at=run.ended_at and then)
    run.refresh_from_db()
    return run


def log_bytes() -> int:
    """The size of SQLite's log; PostgreSQL keeps its own by itself."""
    log = Path(f"{connection.settings_dict['NAME']}-wal")
    return log.stat().st_size if log.exists() else 0


def old_file(media_root: str, name: str, days: float = 2) -> Path:
    path = Path(media_root) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("First name\nAnn\n")
    then = time.time() - days * 86_400
    os.utime(path, (then, then))
    return path


@pytest.fixture
def ended(sandbox, alice, tmp_path) -> Run:
    return worked(started(alice, tmp_path, FILE))


def test_it_deletes_the_file_and_the_contents_of_the_rows(ended):
    assert prune_of(aged(ended)) == Pruned(1, 0, 0)
    [row] = ProblemRow.objects.all()
    assert not stored_path(ended).exists()
    assert not ChunkBody.objects.exists()
    assert (row.cells, row.value, row.search_text) == ([], "", "")


def prune_of(run: Run) -> Pruned:
    done = prune()
    run.refresh_from_db()
    return done


def test_it_keeps_what_the_record_says(ended):
    def record():
        text = "".join(manifest(Run.objects.get(pk=ended.pk)))
        lines = [line for line in text.splitlines() if '"rows_deleted"' not in line]
        rows = ProblemRow.objects.values_list("row", "reason", "first_row")
        return lines, rows_of(ended), skip_reasons_of(ended), list(rows)

    aged(ended)
    before = record()
    prune()
    assert record() == before


def test_it_says_when_it_did_so(ended):
    prune_of(aged(ended))
    assert timezone.now() - ended.pruned_at < timedelta(minutes=1)
    assert AuditEntry.objects.filter(action="deleted the rows of an import").count() == 1


def test_it_keeps_what_is_younger(ended):
    aged(ended, days=89)
    assert prune() == NOTHING
    assert stored_path(ended).exists()


def test_it_keeps_everything_when_told_so(ended, settings):
    settings.RETENTION_DAYS = 0
    aged(ended, days=9_999)
    assert prune() == NOTHING


@pytest.mark.parametrize(
    "state", [RunState.PAUSED, RunState.SENDING, RunState.CANCELLING, RunState.SETTLING]
)
def test_it_keeps_what_is_not_over(ended, state):
    aged(ended)
    Run.objects.update(state=state)
    assert prune() == NOTHING


def test_it_does_nothing_the_second_time(ended):
    prune_of(aged(ended))
    first = ended.pruned_at
    assert prune_of(ended) == NOTHING
    assert ended.pruned_at == first


def test_a_crash_before_the_commit_changes_nothing(ended, monkeypatch):
    aged(ended)
    with monkeypatch.context() as crash:
        crash.setattr("people.audit.record", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prune()
    assert stored_path(ended).exists()
    assert ChunkBody.objects.exists()
    assert prune_of(ended) == Pruned(1, 0, 0)


def test_a_crash_after_the_commit_leaves_an_orphan_that_goes_later(ended, monkeypatch):
    aged(ended)
    with monkeypatch.context() as crash:
        crash.setattr(retention, "_remove", lambda path: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prune()
    then = time.time() - 2 * 86_400
    os.utime(stored_path(ended), (then, then))
    assert prune() == Pruned(0, 0, 1)
    assert not stored_path(ended).exists()


@pytest.fixture
def in_small_pieces(monkeypatch):
    monkeypatch.setattr("imports.services.pieces.PIECE", 2)


def test_it_empties_a_run_in_pieces(ended, alice, in_small_pieces):
    for row in range(10, 15):
        with_problem(ended, row, "missing_required", "Ann")
    other = with_problem(made_run(alice, RunState.FINISHED), 2, "missing_required", "Bob")
    prune_of(aged(ended))
    assert ProblemRow.objects.filter(run=ended, cells=[], search_text="").count() == 6
    assert ProblemRow.objects.get(run=other).cells == ["Bob"]


def test_a_crash_between_two_pieces_is_gone_on_with(ended, in_small_pieces, monkeypatch):
    for row in range(10, 15):
        with_problem(ended, row, "missing_required", "Ann")
    aged(ended)
    some = pieces(ProblemRow.objects.filter(run=ended))
    with monkeypatch.context() as crash:
        crash.setattr(retention, "pieces", lambda _: itertools.chain([next(some)], broken()))
        with pytest.raises(ZeroDivisionError):
            prune()
    ended.refresh_from_db()
    assert (ended.pruned_at, ProblemRow.objects.filter(cells=[]).count()) == (None, 2)
    assert ChunkBody.objects.exists()
    assert prune_of(ended) == Pruned(1, 0, 0)
    assert not ProblemRow.objects.exclude(cells=[]).exists()


def broken():
    yield 1 / 0


def test_it_stops_between_two_pieces_when_rows_go_again(
    ended, alice, in_small_pieces, monkeypatch
):
    Chunk.objects.update(state=ChunkState.FAILED)
    aged(ended)

    def pressed(rows):
        retrying.retry_rows(ended, alice)
        return pieces(rows)

    monkeypatch.setattr(retention, "pieces", pressed)
    assert prune_of(ended) == NOTHING
    assert (ended.pruned_at, ended.state) == (None, RunState.SENDING)
    assert ProblemRow.objects.get().cells
    assert ChunkBody.objects.exists()


def test_what_a_crash_left_of_a_discarded_draft_goes_the_next_time(
    alice, tmp_path, monkeypatch
):
    draft = aged(checked(alice, tmp_path, FILE))
    with monkeypatch.context() as crash:
        crash.setattr(retention, "_delete_discarded", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            prune()
    assert Chunk.objects.filter(run=draft).exists()
    prune()
    assert not Chunk.objects.filter(run=draft).exists()
    assert not ProblemRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_it_leaves_no_large_log_behind(ended):
    assert log_bytes() > 0 or connection.vendor != "sqlite"
    prune_of(aged(ended))
    assert log_bytes() == 0


def test_nothing_without_its_rows_is_sent_again(ended, alice):
    Chunk.objects.update(state=ChunkState.FAILED)
    seen = Run.objects.get(pk=ended.pk)
    prune_of(aged(ended))
    assert retrying.retry_rows(seen, alice) == 0
    assert ended.state == RunState.FINISHED_WITH_SKIPS


def test_a_person_may_still_say_that_unknown_rows_went_in(ended, alice):
    prune_of(aged(ended))
    Chunk.objects.update(state=ChunkState.UNKNOWN)
    assert not retrying.decide_unknown(ended, 1, alice, went_in=False)
    assert retrying.decide_unknown(ended, 1, alice, went_in=True)


def test_it_leaves_alone_a_run_that_was_set_going_again(ended):
    aged(ended)
    Run.objects.update(state=RunState.SENDING)
    assert not retention._prune(ended)
    assert ChunkBody.objects.exists()


def test_it_discards_what_was_never_started(alice, tmp_path):
    run = aged(checked(alice, tmp_path, FILE))
    assert prune_of(run) == Pruned(0, 1, 0)
    assert (run.state, run.plan) == (RunState.CANCELLED, "")
    assert not stored_path(run).exists()
    assert not Chunk.objects.exists()
    assert not ProblemRow.objects.exists()


def test_it_keeps_a_young_draft(alice, tmp_path):
    checked(alice, tmp_path, FILE)
    assert prune() == NOTHING


@pytest.mark.parametrize("name", [f"{'a' * 32}.table", "tmpab_12.upload.csv"])
def test_it_removes_files_that_no_run_names(ended, media_root, name):
    orphan = old_file(media_root, name)
    assert prune() == Pruned(0, 0, 1)
    assert not orphan.exists()
    assert stored_path(ended).exists()


@pytest.mark.parametrize(
    "name, days", [(f"{'a' * 32}.table", 0.5), ("ours.csv", 9), ("tmp.table", 9)]
)
def test_it_keeps_young_files_and_those_of_others(ended, media_root, name, days):
    assert old_file(media_root, name, days).exists()
    assert prune() == NOTHING


def test_it_takes_an_empty_database_for_the_wrong_one(db, media_root):
    assert old_file(media_root, f"{'a' * 32}.table").exists()
    assert prune() == NOTHING


def test_it_gets_along_without_a_folder(db, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "nowhere")
    assert prune() == NOTHING


def test_the_command_says_what_it_did(ended, capsys):
    aged(ended)
    call_command("prune")
    assert capsys.readouterr().out == (
        "1 ended imports lost their files and rows, 0 drafts are discarded, "
        "0 files without an import are removed.\n"
    )


def test_the_command_says_when_nothing_is_ever_pruned(db, capsys, settings):
    settings.RETENTION_DAYS = 0
    call_command("prune")
    assert "kept for ever" in capsys.readouterr().out


def test_a_worker_does_it_daily(db):
    prune_daily()
    assert DBTaskResult.objects.get().task_path == "imports.tasks.prune_old_runs"
