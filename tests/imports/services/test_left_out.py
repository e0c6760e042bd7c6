from __future__ import annotations

import csv
import io

import pytest

from imports.models import ProblemRow
from imports.services.left_out import left_out_file, left_out_of
from tests.imports.files import checked
from tests.imports.pages import at

pytestmark = pytest.mark.django_db

FILE = """Full name,Email,Phone,Company name
Ann Lee,ann@x.com,4.91512E+11,Acme
Bob Ray,bob@x.com,+49 30 1234567,Globex
Cy Moss,cy@x.com,4.91513E+11,Initech
Cy Moss,cy@x.com,4.91514E+11,Initech
Di Kern,di@x.com,#N/A,Hooli
Ed Poe,ed@x.com,4.91515E+11,Hooli
"""


@pytest.fixture
def run(alice, tmp_path):
    return checked(alice, tmp_path, FILE)


def lines_of(run):
    text = b"".join(left_out_file(run)).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text, newline="")))


def test_it_counts_values_of_rows_that_go_with_three_samples(run):
    [phone] = left_out_of(run)
    assert (phone.label, phone.rows) == ("Phone", 4)
    assert phone.samples == [(2, "4.91512E+11"), (4, "4.91513E+11"), (6, "#N/A")]


def test_the_rows_go_and_are_counted_as_ready(run):
    assert (run.rows_in, run.rows_ready, run.rows_skipped) == (6, 5, 1)
    assert ProblemRow.objects.get(run=run).reason == "duplicate_email"


def test_its_file_holds_as_many_rows_as_it_counts(run):
    header, *rows = lines_of(run)
    assert [row[header.index("row")] for row in rows] == ["2", "4", "6", "7"]
    assert {row[header.index("reason")] for row in rows} == {"value_left_out"}
    assert rows[0][:4] == ["Ann Lee", "ann@x.com", "4.91512E+11", "Acme"]
    assert rows[0][-1] == "The row goes without its phone “4.91512E+11”."


def test_its_file_is_empty_once_the_contents_were_deleted(run):
    run.pruned_at = run.created_at
    assert len(lines_of(run)) == 1


def test_the_check_page_says_so_and_gives_the_file(alice_client, run):
    page = alice_client.get(at("check", run)).content.decode()
    assert "4 rows go without their phone" in page
    assert "4.91513E+11" in page
    assert at("values_left_out", run) in page
    response = alice_client.get(at("values_left_out", run))
    assert b"".join(response.streaming_content).count(b"value_left_out") == 4


def test_the_map_page_shows_what_is_damaged(alice_client, run):
    page = alice_client.get(at("map", run)).content.decode()
    assert "Damaged, not sent: 4.91512E+11 · 4.91513E+11 · 4.91514E+11" in page


def test_nothing_is_said_of_a_file_without_damage(alice, alice_client, tmp_path):
    run = checked(alice, tmp_path, "Email,Phone\na@x.com,+49 30 1234567\n")
    assert left_out_of(run) == []
    assert "go without" not in alice_client.get(at("check", run)).content.decode()
