from __future__ import annotations

import zlib
from pathlib import Path

import pytest

from imports.core.plan import unpack_rows
from imports.models import Chunk, ProblemRow, Run, RunState
from imports.services import checking, mapping
from imports.services.turns import take_turn
from tests.imports.files import HEADER, checked, csv_of, uploaded

pytestmark = pytest.mark.django_db


def test_it_counts_every_row_of_the_file_once(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(4) + "\nAnn,Lee,ANN1@example.com ,Acme\n,Lee,,\n")
    sums = (run.rows_in, run.rows_blank, run.rows_ready, run.rows_skipped)
    assert sums == (7, 1, 4, 2)


def test_it_names_each_skip_with_its_row_in_the_file(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(2) + "Ann,Lee,ANN1@example.com,Acme\n,Lee,,\n")
    skips = ProblemRow.objects.filter(run=run, plan=run.plan)
    assert [(skip.row, skip.reason, skip.first_row) for skip in skips] == [
        (4, "duplicate_email", 2),
        (5, "missing_required", None),
    ]


def test_it_cuts_chunks_under_both_caps(alice, tmp_path, settings):
    settings.CHUNK_MAX_BYTES = 1_000
    run = checked(alice, tmp_path, csv_of(100))
    chunks = list(Chunk.objects.of_plan(run))
    assert len(chunks) == run.calls_planned > 3
    assert all(chunk.body_bytes <= 1_000 for chunk in chunks)
    assert sum(chunk.rows for chunk in chunks) == 100


def test_it_stores_the_exact_body_of_each_chunk(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(2))
    chunk = Chunk.objects.of_plan(run).get()
    body = zlib.decompress(chunk.body.packed_csv).decode()
    assert body.splitlines()[0] == "first_name,last_name,email,company_name"
    assert unpack_rows(chunk.row_numbers) == [2, 3]


def test_it_sends_nothing(sandbox, alice, tmp_path):
    checked(alice, tmp_path, csv_of(700))
    assert sandbox.ledger() == []


def test_it_goes_back_to_mapping_when_the_file_is_gone(alice, tmp_path, settings):
    run = uploaded(alice, tmp_path, csv_of(2))
    Path(settings.MEDIA_ROOT, run.stored_name).unlink()
    checking.start_check(run)
    checking.check(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.UPLOADED
    assert "gone" in run.problem


def test_it_refuses_to_start_without_a_mapped_column(alice, tmp_path):
    run = uploaded(alice, tmp_path, "Colour,Shape\nred,round\n")
    with pytest.raises(mapping.BadMapping):
        checking.start_check(run)


def test_it_says_when_a_mapped_column_has_vanished(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    Run.objects.update(mapping={"email": 17})
    run.refresh_from_db()
    with pytest.raises(mapping.BadMapping, match="not in the file any more"):
        checking.start_check(run)


def test_it_starts_afresh_after_a_check_that_was_interrupted(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    Chunk.objects.create(
        run=run, plan="old", number=1, rows=9, row_numbers="2-10", body_bytes=1, body_sha256=""
    )
    checking.start_check(run)
    checking.check(run.pk)
    assert Chunk.objects.get(run=run).rows == 2


def test_it_leaves_a_check_another_worker_holds_alone(alice, tmp_path):
    run = uploaded(alice, tmp_path, csv_of(2))
    checking.start_check(run)
    with take_turn(run.pk):
        checking.check(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CHECKING


def test_it_stops_at_the_next_row_once_it_is_discarded(alice, tmp_path, monkeypatch):
    run = uploaded(alice, tmp_path, f"{HEADER}\n,A,,\n,B,,\n,C,,\n")
    checking.start_check(run)
    judged = []

    def discard(_run, _plan, skipped):
        judged.append(skipped.number)
        Run.objects.update(state=RunState.CANCELLED)
        return ProblemRow()

    monkeypatch.setattr(checking, "TELL_SECONDS", 0)
    monkeypatch.setattr(checking, "_problem_row", discard)
    checking.check(run.pk)
    assert judged == [2]
    assert Run.objects.get().state == RunState.CANCELLED


def test_it_asks_well_within_a_second_whether_it_is_still_wanted():
    assert checking.TELL_SECONDS <= 0.5


def test_it_ends_in_a_sentence_when_it_costs_too_much(alice, tmp_path, settings, monkeypatch):
    run = uploaded(alice, tmp_path, csv_of(3))
    checking.start_check(run)
    settings.CHECK_SECONDS = 0
    monkeypatch.setattr(checking, "TELL_SECONDS", 0)
    checking.check(run.pk)
    run.refresh_from_db()
    assert (run.state, run.wake_at) == (RunState.UPLOADED, None)
    assert run.problem.startswith("The check was stopped: the file cost 0 seconds")


def test_it_forgets_the_plan_when_the_mapping_changes(alice, tmp_path):
    run = checked(alice, tmp_path, csv_of(2))
    mapping.change_mapping(run, {"email": 2})
    assert (run.state, run.plan) == (RunState.UPLOADED, "")


def test_it_reads_a_header_alone_as_no_rows(alice, tmp_path):
    run = checked(alice, tmp_path, HEADER + "\n")
    assert (run.rows_in, run.rows_ready, run.calls_planned) == (0, 0, 0)


PEOPLE = "First name,Last name,Email,Phone,Company name\n"
EACH_KIND = (
    "Ann,Lee,ann@example.com,,Acme\n"
    "Ben,Lee,ben@example.com,+1 555 010 2233,Acme\n"
    "Cat,Lee,,+1 555 010 2244,Acme\n"
    "Dan,Lee,,,Acme\n"
)


def test_it_counts_the_rows_that_have_what_an_enrichment_would_find(alice, tmp_path):
    run = checked(alice, tmp_path, PEOPLE + EACH_KIND)
    assert run.given == {"email": 2, "phone": 2, "both": 1}


def test_it_counts_the_calls_of_rows_apart(alice, tmp_path, settings):
    settings.CHUNK_MAX_ROWS = 2
    run = checked(alice, tmp_path, PEOPLE + EACH_KIND)
    assert run.calls_planned == 2
    assert run.calls_apart == {"email": [1, 1], "phone": [1, 1], "both": [2, 1]}


def test_it_counts_no_word_where_an_e_mail_or_a_phone_belongs(alice, tmp_path):
    run = checked(alice, tmp_path, PEOPLE + "Ann,Lee,n/a,0,Acme\n")
    assert run.given == {}


def test_it_counts_no_row_that_is_left_out(alice, tmp_path):
    run = checked(alice, tmp_path, PEOPLE + EACH_KIND + "Ann,Lee,ann@example.com,,Acme\n")
    assert (run.rows_skipped, run.given["email"]) == (1, 2)


def test_it_counts_no_phone_that_a_spreadsheet_spoilt(alice, tmp_path):
    run = checked(alice, tmp_path, PEOPLE + "Ann,Lee,ann@example.com,4.91512E+11,Acme\n")
    assert run.given == {"email": 1}
