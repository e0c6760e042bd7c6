from __future__ import annotations

import json

import pytest
from django.utils import timezone

from imports.models import RunState
from tests.imports.pages import at, htmx, made_run, squeezed, with_chunks, words

pytestmark = pytest.mark.django_db


def downloaded(client, run):
    return json.loads(b"".join(client.get(at("manifest", run)).streaming_content))


def test_it_gives_the_record_to_whoever_may_view(alice, bob_client):
    run = with_chunks(made_run(alice, RunState.FAILED), "done", "failed")
    record = downloaded(bob_client, run)
    assert record["import"] == run.pk
    assert [chunk["request_id"] for chunk in record["chunks"]] == ["req_1", "req_2"]


def test_its_sums_are_those_of_the_page(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.FAILED), "done", "failed", "not_sent")
    rows = downloaded(alice_client, run)["sums"]["rows"]
    assert (rows["in"], rows["imported"], rows["failed"], rows["not_sent"]) == (
        1800,
        600,
        600,
        600,
    )


def test_it_is_a_file_to_keep(alice, alice_client):
    run = made_run(alice, RunState.FINISHED)
    response = alice_client.get(at("manifest", run))
    assert response["Content-Type"] == "application/json"
    assert response["Content-Disposition"] == f'attachment; filename="import-{run.pk}.json"'


def test_the_run_page_links_to_it(alice, alice_client):
    run = made_run(alice, RunState.FINISHED)
    page = alice_client.get(run.get_absolute_url()).content.decode()
    assert f'href="{at("manifest", run)}"' in page


def test_it_shows_what_was_read(alice, bob_client):
    run = with_chunks(made_run(alice, RunState.FINISHED, started_at=timezone.now()), "done")
    text = words(bob_client.get(at("record", run)))
    assert "0" * 64 in text
    assert "First name → First name, Email → Email" in text


def test_it_is_a_part_of_the_run_page_once_asked_for(alice, alice_client):
    run = made_run(alice, RunState.FINISHED)
    part = alice_client.get(at("record", run), headers=htmx("record"))
    assert squeezed(part).startswith('<sectionclass="section"id="record"')
    assert f'hx-get="{at("record", run)}"' in alice_client.get(at("run", run)).content.decode()


def test_it_tells_who_did_what_to_the_import(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.SENDING, started_at=timezone.now()), "ready")
    alice_client.post(at("pause", run))
    assert f"alice paused import {run.pk}" in words(alice_client.get(at("record", run)))


def test_a_call_shows_its_key(alice, alice_client):
    run = with_chunks(made_run(alice, RunState.FINISHED, started_at=timezone.now()), "done")
    run.chunks.update(idempotency_key="cp-123")
    assert "Key cp-123" in words(alice_client.get(at("run", run), {"chunk": 1}))
