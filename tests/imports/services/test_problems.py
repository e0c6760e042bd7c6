from __future__ import annotations

import csv
import io

import pytest

from imports.services import problems, starting
from tests.imports.files import csv_of, started, stepped, worked

pytestmark = pytest.mark.django_db
TEXT = "Company,E-mail address,Shoe size\n" + "".join(
    f"Acme,ann{n}@example.com,{n}\n" for n in range(5)
)


def lines_of(run):
    text = b"".join(problems.problem_file(run)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def test_a_row_the_api_skipped_stands_under_the_columns_of_the_file(sandbox, alice, tmp_path):
    sandbox.change(list_rows=4)
    [line] = lines_of(worked(started(alice, tmp_path, TEXT)))
    assert line["E-mail address"] == "ann4@example.com"
    assert (line["Company"], line["row"], line["reason"]) == ("Acme", "6", "row_cap_exceeded")


def test_rows_of_a_failed_call_are_in_it_with_the_reason(sandbox, alice, tmp_path):
    run = started(alice, tmp_path, TEXT)
    sandbox.fault("answer", path="csv-import", status=422, body={"detail": []})
    lines = lines_of(worked(run))
    assert [line["row"] for line in lines] == ["2", "3", "4", "5", "6"]
    assert lines[0]["reason"] == "failed"
    assert "did not accept" in lines[0]["why"]


def test_rows_that_were_not_sent_are_in_it(sandbox, alice, tmp_path):
    run = stepped(stepped(started(alice, tmp_path, csv_of(1300))))
    starting.cancel_run(run, alice)
    lines = lines_of(worked(run))
    assert len(lines) == 700
    assert {line["reason"] for line in lines} == {"not_sent"}
    assert lines[0]["Email"] == "ann601@example.com"


def test_rows_still_to_go_are_not_in_it(sandbox, alice, tmp_path):
    assert lines_of(started(alice, tmp_path, csv_of(5))) == []
