from __future__ import annotations

import re

from imports.models import ChunkState, PauseReason, ReadBackState, RunState
from tests.docs.tables import first_column, page, section

TEXT = page("docs/import-lifecycle.md")


def test_it_names_every_state_of_a_run():
    assert set(first_column(section(TEXT, "States of a run"))) - {"state"} == set(
        RunState.values
    )


def test_it_names_every_state_of_a_chunk():
    assert set(first_column(section(TEXT, "States of a chunk"))) - {"state"} == set(
        ChunkState.values
    )


def test_it_names_every_state_of_a_read_back():
    names = set(first_column(section(TEXT, "Read-backs")))
    assert set(ReadBackState.values) <= names


def test_it_names_every_reason_for_a_pause():
    table = section(TEXT, "Why a run is paused")
    named = {
        name for row in re.findall(r"^\| (`.*?) \|", table, re.M) for name in row.split(", ")
    }
    assert {name.strip("`") for name in named} == set(PauseReason.values) - {""}
