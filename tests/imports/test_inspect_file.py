from __future__ import annotations

import json

import pytest
from django.core.management import call_command

SEMICOLONS = "E-Mail;Vorname;Nachname;Firma\n"


@pytest.fixture
def inspect(capsys):
    """Runs the command; gives its exit code and its output."""

    def run(*arguments) -> tuple[int, str]:
        code = 0
        try:
            call_command("inspect_file", *map(str, arguments))
        except SystemExit as stop:
            code = int(stop.code or 0)
        return code, capsys.readouterr().out

    return run


@pytest.fixture
def german(tmp_path):
    path = tmp_path / "kunden.csv"
    rows = "a@x.com;Jürgen;Müller;Größe GmbH\n;;;\n;Zoë;;\nA@X.com;Ann;Lee;\n"
    path.write_bytes((SEMICOLONS + rows).encode("cp1252"))
    return path


def test_it_tells_how_a_file_is_read_and_judged(inspect, german):
    code, out = inspect(german, "--json")
    assert code == 0
    assert json.loads(out) == {
        "file": str(german),
        "encoding": "cp1252",
        "delimiter": ";",
        "quotechar": '"',
        "header_row": 1,
        "columns": ["E-Mail", "Vorname", "Nachname", "Firma"],
        "mapping": {
            "first_name": "Vorname",
            "last_name": "Nachname",
            "email": "E-Mail",
            "company_name": "Firma",
        },
        "rows": {"in": 4, "blank": 1, "ready": 1, "skipped": 2},
        "skip_reasons": {"duplicate_email": 1, "missing_required": 1},
        "skips": [
            {"row": 4, "reason": "missing_required", "column": None, "value": ""},
            {"row": 5, "reason": "duplicate_email", "column": "E-Mail", "value": "A@X.com"},
        ],
    }


def test_it_goes_on_after_a_file_it_cannot_read(inspect, german, tmp_path):
    empty = tmp_path / "empty.csv"
    empty.touch()
    code, out = inspect(empty, tmp_path / "missing.csv", tmp_path, german, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 1
    assert [list(each) for each in found[:3]] == [["file", "error"]] * 3
    assert found[0]["error"] == "The file is empty."
    assert found[3]["rows"]["in"] == 4


def test_it_writes_clean_tables(inspect, german, tmp_path):
    inspect(german, "--clean", tmp_path / "clean")
    assert (tmp_path / "clean" / "kunden.csv").read_text(encoding="utf-8") == (
        "E-Mail,Vorname,Nachname,Firma\na@x.com,Jürgen,Müller,Größe GmbH\n"
        ",,,\n,Zoë,,\nA@X.com,Ann,Lee,\n"
    )


def test_it_does_not_overwrite_the_file_it_reads(inspect, german, tmp_path):
    before = german.read_bytes()
    code, out = inspect(german, "--clean", tmp_path)
    assert (code, german.read_bytes()) == (1, before)
    assert "another folder" in out


def test_it_speaks_to_people(inspect, german):
    code, out = inspect(german)
    assert code == 0
    assert "Windows-1252 (Western), semicolon" in out
    assert "4 in the file, 1 blank, 1 ready, 2 skipped" in out
    assert "row 5: duplicate_email (E-Mail: A@X.com)" in out


def test_it_needs_no_database(inspect, german):
    assert inspect(german)[0] == 0
