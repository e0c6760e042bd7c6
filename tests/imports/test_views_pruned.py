"""What the pages of an import say once its file and its rows' contents are deleted."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from imports.models import ChunkState, ProblemRow, RunState
from tests.imports.pages import at, made_run, with_chunks, with_problem, words

pytestmark = pytest.mark.django_db
GONE = "The file and the rows&#x27; contents were deleted on 3 Mar 2026 (retention 90 days)."


@pytest.fixture
def pruned(alice):
    when = datetime(2026, 3, 3, 12, tzinfo=UTC)
    run = made_run(alice, RunState.FINISHED_WITH_SKIPS, ended_at=when, pruned_at=when)
    with_chunks(run, "done", rows=10)
    run = with_problem(run, 7, "missing_required", "", "", field="first_name")
    ProblemRow.objects.update(cells=[], value="", search_text="")
    return run


@pytest.mark.parametrize("name", ["run", "check"])
def test_it_says_what_was_deleted_and_when(pruned, bob_client, name):
    assert GONE in words(bob_client.get(at(name, pruned)))


@pytest.mark.parametrize("name", ["run", "check"])
def test_it_says_nothing_of_it_before(pruned, bob_client, name):
    type(pruned).objects.update(pruned_at=None)
    assert "deleted on" not in words(bob_client.get(at(name, pruned)))


def test_it_keeps_row_numbers_and_reasons(pruned, bob_client):
    shown = words(bob_client.get(at("check", pruned)))
    assert "Row Why it is left out 7 " in shown
    assert "empty" not in shown.split("Why it is left out")[1]


def test_it_still_gives_the_rows_left_out_without_their_cells(pruned, bob_client):
    file = b"".join(bob_client.get(at("problem_rows", pruned)).streaming_content)
    assert b'"","","7","missing_required",' in file.splitlines()[1]


def test_its_sums_stay(pruned, bob_client):
    assert "10 of 11 rows are in" in words(bob_client.get(at("run", pruned)))


def test_it_offers_nothing_to_send_again(pruned, alice_client):
    pruned.chunks.update(state=ChunkState.FAILED)
    assert "unsent" not in words(alice_client.get(at("run", pruned)))


def test_it_maps_nothing_any_more(pruned, bob_client):
    shown = words(bob_client.get(at("map", pruned)))
    assert "not on the portal&#x27;s disk" in shown
