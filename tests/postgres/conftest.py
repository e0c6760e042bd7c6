from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests import redis_server
from tests.postgres.team import Team


@pytest.fixture
def team(sandbox, settings, tmp_path, transactional_db) -> Iterator[Team]:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    crew = Team(tmp_path, sandbox, settings.MEDIA_ROOT)
    yield crew
    crew.dismiss()


@pytest.fixture(params=["database", "redis"])
def team_of_each_engine(team, request, tmp_path) -> Iterator[Team]:
    """The team with its tasks in the database, and with them in Redis."""
    if request.param == "database":
        yield team
        return
    with redis_server.running(tmp_path) as url:
        team.environment["TASKS_URL"] = url
        yield team
        team.dismiss()
