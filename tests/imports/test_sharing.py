"""Several imports share the rate limit: real workers, a window of 9 s instead of 60."""

from __future__ import annotations

import time
from collections import Counter

import pytest

from imports.models import Run
from tests import databases
from tests.imports.files import csv_of, started
from tests.jobs.forks import Forks

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
]

LIMIT, WINDOW, BURST = 30, 9.0, 10
LARGE, SMALL = 160, 2


@pytest.fixture
def workers(sandbox, settings, tmp_path):
    """Real worker processes on the test's database; each row is a call of its own."""
    settings.CHUNK_MAX_ROWS = 1
    environment = {
        **sandbox.environ,
        "DATABASE_URL": databases.tests_own().url,
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "RATE_WINDOW_SECONDS": str(WINDOW),
        "RATE_PER_KEY": str(LIMIT),
        "CACHE_URL": "locmemcache://",
    }
    forks = Forks(environment, tmp_path / "workers.txt")
    yield forks
    forks.dismiss()


def begun(person, folder, name, rows=LARGE):
    return started(person, folder, csv_of(rows), list_name=name)


def callers(sandbox, calls):
    """Whose each csv-import call was, in the order in which they came, once there are so
    many."""
    until(lambda: len(sandbox.calls("csv-import")) >= calls)
    lists = dict(Run.objects.values_list("list_id", "pk"))
    return [lists[call["path"].split("/")[-2]] for call in sandbox.calls("csv-import")]


def until(is_true, seconds=90):
    end = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize(("runs", "crew"), [(3, 1), (2, 2), (5, 2)])
def test_it_shares_the_calls_out_evenly(sandbox, alice, tmp_path, workers, runs, crew):
    for number in range(runs):
        begun(alice, tmp_path, f"List {number}")
    for _ in range(crew):
        workers.start()
    rounds = 6
    order = callers(sandbox, BURST + runs + rounds * runs)
    counts = Counter(order[-rounds * runs :])
    assert len(counts) == runs
    # One each a round; a busy machine may be late once or twice at this speed.
    assert min(counts.values()) >= rounds - 2


def test_it_lets_a_small_import_in_between(sandbox, alice, tmp_path, workers):
    for name in ("One", "Two"):
        begun(alice, tmp_path, name)
    for _ in range(2):
        workers.start()
    callers(sandbox, BURST + 5)
    small = begun(alice, tmp_path, "Small", SMALL)
    before = len(sandbox.calls("csv-import"))
    until(lambda: Run.objects.get(pk=small.pk).sent_at)
    # Three rounds of three calls: its list and its two chunks; and those on their way.
    assert len(sandbox.calls("csv-import")) - before <= 12
