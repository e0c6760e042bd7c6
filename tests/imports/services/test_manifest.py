from __future__ import annotations

import json

import pytest

from imports.services.manifest import manifest
from tests.imports.files import csv_of, started, undone, uploaded, worked

pytestmark = pytest.mark.django_db


def written(run):
    return json.loads("".join(manifest(run)))


def test_it_tells_the_sums_of_the_page(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(700)))
    sums = written(run)["sums"]["rows"]
    assert (sums["in"], sums["imported"], sums["not_sent"]) == (700, 700, 0)


def test_it_names_every_key_and_request(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(700)))
    chunks = written(run)["chunks"]
    asked = {call["idempotency_key"] for call in sandbox.calls("csv-import")}
    assert {chunk["idempotency_key"] for chunk in chunks} == asked
    assert all(chunk["request_id"].startswith("req_") for chunk in chunks)


def test_it_names_the_people_and_the_file(sandbox, alice, tmp_path):
    record = written(worked(started(alice, tmp_path, csv_of(2))))
    assert record["people"]["started_by"] == "alice"
    assert record["file"]["name"] == "leads.csv"
    assert len(record["file"]["sha256"]) == 64
    assert record["mapping"]["email"] == "Email"


def test_it_is_complete_before_the_start(alice, tmp_path):
    assert written(uploaded(alice, tmp_path, csv_of(2)))["chunks"] == []


def test_it_tells_who_undid_what(sandbox, alice, tmp_path):
    run = worked(started(alice, tmp_path, csv_of(2)))
    undone(run, alice)
    [undo] = written(run)["undos"]
    assert (undo["agreed_by"], undo["state"], undo["leads_taken_out"]) == ("alice", "done", 2)
