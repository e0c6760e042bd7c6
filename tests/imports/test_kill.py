"""Kill -9 of worker and sandbox at random moments of an import that enriches, and of the
worker while it parts the rows to enrich from the others."""

from __future__ import annotations

import random
import time
from collections import Counter

import pytest

from enrichment.models import EnrichmentType
from imports.models import Chunk, OnlyMissing, Run, RunState
from imports.services import progress
from imports.services.sums import rows_of
from tests import databases
from tests.imports.files import csv_of, some_with_email, started
from tests.jobs.forks import Forks

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
]

ROWS, CHUNK_ROWS, KILLS, SEED = 5_000, 250, 12, 41
# So many short calls that parting them takes a while.
PARTED_ROWS, PARTED_CHUNK_ROWS = 1_500, 5
MINUTE = 60


@pytest.fixture
def workers(sandbox, settings, tmp_path):
    """Real worker processes on the test's database."""
    environment = {
        **sandbox.environ,
        "DATABASE_URL": databases.tests_own().url,
        "MEDIA_ROOT": settings.MEDIA_ROOT,
        "TURN_SECONDS": "0.6",
        "WORKER_SILENT_SECONDS": "2",
        "RATE_WINDOW_SECONDS": "1",
        "RATE_PER_KEY": "100",
        "RATE_PER_ORGANIZATION": "200",
        "CACHE_URL": "locmemcache://",
        "CHUNK_MAX_ROWS": str(PARTED_CHUNK_ROWS),
    }
    forks = Forks(environment, tmp_path / "workers.txt")
    yield forks
    forks.dismiss()


def test_it_survives_kills_at_random_moments(
    sandbox, settings, alice, tmp_path, workers, record_sample
):
    record_sample(f"up to {KILLS} kills of a worker at moments drawn with seed {SEED}")
    settings.CHUNK_MAX_ROWS = CHUNK_ROWS
    chance = random.Random(SEED)
    run = started(alice, tmp_path, csv_of(ROWS), EnrichmentType.PARTIAL)
    for turn in range(KILLS):
        worker = workers.start()
        wait_for_a_beat(run)
        time.sleep(chance.uniform(0.0, 0.6))
        workers.kill(worker)
        if turn % 5 == 4:
            sandbox.kill()
            sandbox.start()
        run.refresh_from_db()
        if run.is_over:
            break
    workers.start()
    run = ended(run, sandbox)

    assert run.state == RunState.FINISHED, run.problem
    assert rows_of(run).imported == ROWS
    assert rows_of(run).adds_up
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert len(imported) == ROWS
    assert set(imported.values()) == {1}
    assert money_on_the_page(run) == money_in_the_ledger(sandbox)


def test_it_survives_kills_while_rows_are_parted(sandbox, settings, alice, tmp_path, workers):
    settings.CHUNK_MAX_ROWS = PARTED_CHUNK_ROWS
    text = some_with_email(PARTED_ROWS)
    run = started(alice, tmp_path, text, EnrichmentType.PARTIAL, only_missing=True)
    plan = list(Chunk.objects.values_list("pk", flat=True))
    killed_midway = 0
    while killed_midway < 3:
        seen = drafts(run)
        worker = workers.start()
        wait_for_drafts(run, seen)
        workers.kill(worker)
        if Run.objects.get(pk=run.pk).only_missing == OnlyMissing.PARTED:
            break
        killed_midway += 1
        assert list(Chunk.objects.of_plan(run).values_list("pk", flat=True)) == plan
    workers.start()
    run = ended(sent(run), sandbox)

    assert killed_midway > 0
    assert run.state == RunState.FINISHED, run.problem
    assert (rows_of(run).enriched, rows_of(run).as_they_are) == (500, 1_000)
    names = [entry["full_name"] for entry in sandbox.ledger("row_imported")]
    assert len(names) == len(set(names)) == PARTED_ROWS
    assert money_in_the_ledger(sandbox)["reserved"] == 500
    assert money_on_the_page(run) == money_in_the_ledger(sandbox)
    assert set(Chunk.objects.values_list("plan", flat=True)) == {run.plan}


def drafts(run):
    """Plans that are written beside the run's own."""
    return set(Chunk.objects.exclude(plan=run.plan).values_list("plan", flat=True))


def wait_for_drafts(run, seen):
    """Until a worker has written some that were not there before, or is through."""
    give_up = time.monotonic() + MINUTE
    while not drafts(run) - seen:
        if Run.objects.get(pk=run.pk).only_missing == OnlyMissing.PARTED:
            return
        assert time.monotonic() < give_up
        time.sleep(0.005)


def wait_for_a_beat(run):
    """Until a worker has the run in its hands."""
    seen = Run.objects.get(pk=run.pk).beat_at
    give_up = time.monotonic() + 30
    while time.monotonic() < give_up and Run.objects.get(pk=run.pk).beat_at == seen:
        time.sleep(0.02)


def sent(run):
    """Once all is sent: until then no quote gets old by a clock that is put forward."""
    give_up = time.monotonic() + 2 * MINUTE
    while run.state == RunState.SENDING and time.monotonic() < give_up:
        time.sleep(0.3)
        run = Run.objects.get(pk=run.pk)
    return run


def ended(run, sandbox):
    give_up = time.monotonic() + MINUTE
    while not run.is_over and time.monotonic() < give_up:
        time.sleep(0.3)
        sandbox.advance(600)
        run = Run.objects.get(pk=run.pk)
    return run


def money_on_the_page(run):
    money = progress.as_json(progress.progress_of(run))["credits"]
    return {name: money[name] for name in ("reserved", "charged", "refunded")}


def money_in_the_ledger(sandbox):
    return {
        name: sum(entry["credits"] for entry in sandbox.ledger(f"credits_{name}"))
        for name in ("reserved", "charged", "refunded")
    }
