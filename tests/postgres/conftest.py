from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.postgres.team import Team


@pytest.fixture
def team(sandbox, settings, tmp_path, transactional_db) -> Iterator[Team]:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    crew = Team(tmp_path, sandbox, settings.MEDIA_ROOT)
    yield crew
    crew.dismiss()
