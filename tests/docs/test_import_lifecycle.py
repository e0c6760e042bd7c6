from __future__ import annotations

from imports.models import ChunkState, RunState
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
