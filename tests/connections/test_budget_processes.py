"""The budget with real processes: no lock in memory can make these pass."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import defaultdict

import pytest

from cleanlist_api.budget import Lane
from tests import databases
from tests.live_sandbox import OWNER, ROOT, TEAMMATE

pytestmark = pytest.mark.crash

WINDOW = 2.0
SPAN = WINDOW * (1 + 1 / 60)


@pytest.fixture
def database(tmp_path):
    with databases.blank(tmp_path) as made:
        yield made


@pytest.fixture
def environment(database):
    """A database of its own, and a window of 2 s instead of 60."""
    known = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.connections.small_settings",
        "DATABASE_URL": database.url,
        "RATE_WINDOW_SECONDS": str(WINDOW),
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "connections", "-v0", "--skip-checks"],
        cwd=ROOT,
        env=known,
        check=True,
    )
    return known


def run(environment, calls):
    """Start a process for each (key, organization, lane, seconds, …); let them go at once."""
    callers = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.connections.caller", *map(str, call)],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for call in calls
    ]
    for caller in callers:
        assert caller.stdout.readline() == "ready\n"
    for caller in callers:
        caller.stdin.write("go\n")
        caller.stdin.flush()
    printed = [caller.communicate(timeout=60)[0] for caller in callers]
    assert [caller.returncode for caller in callers] == [0] * len(callers)
    lines = "".join(printed).splitlines()
    return [(key, float(at), int(status)) for key, at, status in map(str.split, lines)]


def most_in(moments, span):
    """The most moments that any stretch of `span` seconds holds."""
    moments = sorted(moments)
    return max(sum(start <= moment < start + span for moment in moments) for start in moments)


def logged(database, column):
    by_name = defaultdict(list)
    for name, at in database.rows(
        f"SELECT {column}, at FROM connections_ratedcall ORDER BY at"
    ):
        by_name[name].append(at)
    return by_name


def test_it_keeps_both_limits_with_eight_processes_and_two_keys(environment, database):
    keys = ["clapi_one", "clapi_two"]
    made = run(environment, [(key, "org_1", Lane.PAGE, 4.5) for key in keys * 4])
    by_key, by_organization = logged(database, "key"), logged(database, "organization")
    # As the log has it: exact. By each caller's own clock: inside the API's window too.
    assert max(most_in(moments, SPAN) for moments in by_key.values()) <= 30
    assert max(most_in(moments, SPAN) for moments in by_organization.values()) <= 60
    for key in keys:
        assert most_in([at for name, at, _ in made if name == key], WINDOW) <= 31
    # Two windows have come back in full; the third is only as full as the machine is fast.
    assert len(made) >= 120


def test_it_draws_no_429_from_the_sandbox(environment, sandbox):
    organization = sandbox.client_for(OWNER).get("/whoami").json()["organization_id"]
    sandbox.reset(limits=True)
    environment = {**environment, "RATE_WINDOW_SECONDS": "60"}
    calls = [
        (key, organization, lane, 30, sandbox.url)
        for key in (OWNER, TEAMMATE)
        for lane in (Lane.PAGE, Lane.IMPORT)
    ]
    made = run(environment, calls)
    assert {status for _, _, status in made} == {200}
    assert len(made) == 60
