"""Every skipped row gets its number, however few the reply names."""

from __future__ import annotations

import base64
import csv
import io
import json

import pytest

from imports.models import (
    LedgerRow,
    ProblemRow,
    Purpose,
    ReadBack,
    ReadBackState,
    RunState,
)
from imports.services import naming, starting
from imports.services.manifest import manifest
from imports.services.problems import problem_file
from imports.services.sums import rows_of
from tests.imports.files import csv_of, read_through, started, stepped, worked

pytestmark = pytest.mark.django_db


def answer(sandbox, rows, imported, sample):
    """The next csv-import gets this reply, without effect."""
    skipped = rows - imported
    body = {
        "list_id": "00000000-0000-4000-8000-000000000000",
        "rows_parsed": rows,
        "rows_imported": imported,
        "rows_skipped": skipped,
        "skip_reasons": {"missing_required": skipped},
        "sample_skip_rows": sample,
        "workflow_id": None,
    }
    sandbox.fault("answer", method="POST", path="csv-import", status=201, body=body)


def into_the_list(sandbox, list_id, text):
    """Rows get into the list as if the call before had brought them."""
    reply = sandbox.client_for().post(
        f"/lead-lists/{list_id}/csv-import",
        json={
            "csv_content_base64": base64.b64encode(text.encode()).decode(),
            "column_mapping": {
                "first_name": "First name",
                "last_name": "Last name",
                "email": "Email",
                "company_name": "Company name",
            },
            "dispatch_enrichment": False,
        },
    )
    assert reply.ok, reply.text


def skipping(sandbox, alice, tmp_path, *, in_list):
    """40 rows of which the API counts 25 as skipped and names 10; the list is not read yet."""
    run = stepped(started(alice, tmp_path, csv_of(40)))
    answer(sandbox, 40, 15, list(range(2, 12)))
    run = worked(run)
    if in_list:
        into_the_list(sandbox, run.list_id, csv_of(15, start=26))
    return run


def named(run):
    look = ReadBack.objects.filter(run=run, purpose=Purpose.NAMES).latest("pk")
    return read_through(look)


def lines_of(run):
    text = b"".join(problem_file(run)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_until_the_list_is_read_it_says_how_many_are_named(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=True)
    rows = rows_of(run)
    assert (rows.skipped, rows.named, rows.unnamed) == (25, 10, 15)
    assert lines_of(run)[-1]["why"] == "10 of 25 skipped rows are named so far."
    assert len(lines_of(run)) == 10 + 1
    told = json.loads("".join(manifest(run)))
    assert told["sums"]["rows"]["skipped_named"] == 10
    assert told["chunks"][0]["rows_named"] == 10


def test_afterwards_every_skipped_row_has_its_number(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=True)
    assert named(run).state == ReadBackState.READ
    assert rows_of(run).unnamed == 0
    assert [int(line["row"]) for line in lines_of(run)] == list(range(2, 27))
    assert {line["reason"] for line in lines_of(run)} == {"missing_required"}


def test_the_rows_that_did_go_in_are_in_the_ledger(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=True)
    assert not LedgerRow.objects.exists()
    named(run)
    assert list(LedgerRow.objects.values_list("row", flat=True)) == list(range(27, 42))


def test_it_names_none_where_the_list_says_another_number(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=False)
    named(run)
    assert rows_of(run).named == 10
    assert naming.naming_of(run).cant_tell
    assert not LedgerRow.objects.exists()


def test_it_names_the_rows_of_a_call_that_skipped_all(sandbox, alice, tmp_path):
    run = stepped(started(alice, tmp_path, csv_of(40)))
    answer(sandbox, 40, 0, list(range(2, 12)))
    run = worked(run)
    assert rows_of(run).unnamed == 0
    assert len(lines_of(run)) == 40
    assert not ReadBack.objects.exists()


def test_it_finds_the_rows_past_the_size_of_a_list(sandbox, alice, tmp_path):
    """What a list does not take any more is named, call by call, after a test batch too."""
    run = stepped(started(alice, tmp_path, csv_of(1300), canary=True))
    run = worked(run)
    sandbox.change(list_rows=250)
    while run.state == RunState.PAUSED:
        assert starting.resume_run(run, alice)
        run = worked(run)
    assert run.state == RunState.FINISHED_WITH_SKIPS
    skipped = rows_of(run).skipped
    named(run)
    assert skipped == 1050
    assert len(lines_of(run)) == skipped
    in_list = set(sandbox.emails(run.list_id))
    assert not in_list & {line["Email"] for line in lines_of(run)}


def test_it_keeps_nothing_of_the_leads_it_saw(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=True)
    assert not named(run).found.exists()


def test_it_reads_the_list_once_for_all_calls(sandbox, alice, tmp_path):
    run = stepped(started(alice, tmp_path, csv_of(1200)))
    for _ in range(2):
        answer(sandbox, 600, 580, list(range(2, 12)))
    run = worked(run)
    assert ReadBack.objects.filter(run=run).count() == 1
    assert naming.ask(run) == ReadBack.objects.get(run=run)


def test_it_reads_it_again_when_a_person_asks(sandbox, alice, tmp_path):
    run = skipping(sandbox, alice, tmp_path, in_list=False)
    named(run)
    into_the_list(sandbox, run.list_id, csv_of(15, start=26))
    assert naming.ask(run, alice)
    named(run)
    assert rows_of(run).unnamed == 0


def test_it_does_not_read_the_list_when_all_are_named(sandbox, alice, tmp_path):
    run = stepped(started(alice, tmp_path, csv_of(40)))
    answer(sandbox, 40, 38, [2, 3])
    run = worked(run)
    assert not ReadBack.objects.exists()
    assert LedgerRow.objects.count() == 38


def test_the_same_number_twice_names_one_row(sandbox, alice, tmp_path):
    run = stepped(started(alice, tmp_path, csv_of(40)))
    answer(sandbox, 40, 38, [2, 2])
    run = worked(run)
    assert rows_of(run).named == ProblemRow.objects.count() == 1
