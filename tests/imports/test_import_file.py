from __future__ import annotations

import json

import pytest
from django.core.management import CommandError, call_command

from imports.models import Run, RunState
from tests.imports.files import csv_of, some_with_email

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path, alice):
    path = tmp_path / "leads.csv"
    path.write_text(csv_of(1300))
    return path


def imported(capsys, file, *options):
    """Exit status and what was written, by `import_file … --wait --json`."""
    status = 0
    try:
        call_command("import_file", file, "--list", "Spring", "--as", "alice", *options)
    except SystemExit as end:
        status = end.code
    out, err = capsys.readouterr()
    return status, out, err


def test_it_imports_and_waits(sandbox, capsys, file):
    status, out, _ = imported(capsys, file, "--wait", "--json")
    found = json.loads(out)
    assert (status, found["state"], found["rows"]["imported"]) == (0, "finished", 1300)
    assert found["canary"] is None


def test_it_stops_at_the_canary(sandbox, capsys, file):
    status, out, err = imported(capsys, file, "--wait", "--json", "--canary")
    found = json.loads(out)
    assert (status, found["state"], found["rows"]["not_sent"]) == (1, "paused", 1100)
    assert "The rest waits for your word" in err
    assert found["canary"] == {
        "call": 4,
        "rows": 200,
        "rest": 1100,
        "figures": [
            {
                "name": "imported",
                "found": 200,
                "of": 200,
                "expected_low": 1076,
                "expected_high": 1100,
                "expected_most": 1100,
            },
            {
                "name": "skips",
                "found": 0,
                "of": 200,
                "expected_low": 0,
                "expected_high": 24,
                "expected_most": 1100,
            },
        ],
    }


def test_it_says_in_words_what_the_canary_found(sandbox, capsys, file):
    _, out, _ = imported(capsys, file, "--wait", "--canary")
    assert "Test batch: 200 of 200 rows went in." in out
    assert Run.objects.get().state == RunState.PAUSED


@pytest.fixture
def imported_before(sandbox, capsys, file):
    file.write_text(csv_of(3))
    imported(capsys, file, "--wait")


def test_it_refuses_a_file_that_went_into_the_list_before(
    imported_before, sandbox, capsys, file
):
    with pytest.raises(CommandError, match="3 of 3 rows were imported into Spring before"):
        imported(capsys, file)
    assert Run.objects.order_by("pk").last().state == RunState.CANCELLED
    assert len(sandbox.ledger("row_imported")) == 3


def test_it_imports_what_is_new_in_the_file(imported_before, sandbox, capsys, file):
    file.write_text(csv_of(4))
    status, out, _ = imported(capsys, file, "--wait")
    assert (status, len(sandbox.ledger("row_imported"))) == (0, 4)
    assert "1 imported, 3 skipped" in out


def test_it_imports_the_file_again_if_told_to(imported_before, sandbox, capsys, file):
    status, _, _ = imported(capsys, file, "--wait", "--again")
    assert (status, len(sandbox.ledger("row_imported"))) == (0, 6)


def test_it_says_how_many_rows_have_what_it_enriches(sandbox, capsys, file):
    _, _, err = imported(capsys, file, "--enrich", "partial", "--json")
    assert "1,300 of 1,300 rows have an e-mail already; enriching pays for them too." in err


def test_it_enriches_only_where_missing_if_told_to(sandbox, capsys, file):
    file.write_text(some_with_email(300))
    options = ("--enrich", "partial", "--only-missing", "--max-credits", "100", "--json")
    _, out, err = imported(capsys, file, *options)
    assert json.loads(out)["credits"]["most"] == 100
    assert "200 of 300 rows have an e-mail already and go in as they are." in err


def test_it_enriches_all_rows_unless_told_otherwise(sandbox, capsys, file):
    file.write_text(some_with_email(300))
    _, out, err = imported(capsys, file, "--enrich", "partial", "--json")
    assert json.loads(out)["credits"]["most"] == 300
    assert "--only-missing enriches the others alone." in err


def test_it_says_in_words_what_was_enriched(sandbox, capsys, file):
    file.write_text(some_with_email(30))
    sandbox.speed(1_000)
    _, out, _ = imported(capsys, file, "--enrich", "partial", "--only-missing", "--wait")
    assert "10 enriched, 20 imported as they are." in out


def test_it_asks_what_is_missing_of(sandbox, capsys, file):
    with pytest.raises(CommandError, match="say both"):
        imported(capsys, file, "--only-missing")
