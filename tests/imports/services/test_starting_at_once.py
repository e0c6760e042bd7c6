"""Two people press Start at the same moment: each on a connection of their own."""

from __future__ import annotations

import contextlib
import threading

import pytest
from django.db import connection

from enrichment.models import EnrichmentType
from imports.models import Run, RunState
from imports.services import starting
from imports.services.starting import Approval, ImportedBefore
from tests.imports.files import checked, csv_of, some_with_email

pytestmark = pytest.mark.django_db(transaction=True)
OFF = Approval(EnrichmentType.OFF, 0)
STARTED = "started"
# Long beside what a question takes, so that both would have asked before either starts.
PATIENCE = 2.0


@pytest.fixture
def asked_at_once(monkeypatch):
    """Nobody goes on from the question for an earlier import until both have asked it, or
    one has waited in vain for the other."""
    both = threading.Barrier(2)
    ask = starting.earlier_import

    def ask_and_wait(run):
        found = ask(run)
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(PATIENCE)
        return found

    monkeypatch.setattr(starting, "earlier_import", ask_and_wait)


def start(run, person, came_of_it, approval=OFF):
    try:
        assert starting.start_run(run, person, approval)
        came_of_it.append(STARTED)
    except ImportedBefore as refusal:
        came_of_it.append(refusal.earlier.pk)
    finally:
        connection.close()


def started_at_once(runs, person):
    came_of_it: list[object] = []
    people = [threading.Thread(target=start, args=(run, person, came_of_it)) for run in runs]
    for each in people:
        each.start()
    for each in people:
        each.join()
    return came_of_it


def test_it_lets_the_same_file_into_the_same_new_list_once(alice, tmp_path, asked_at_once):
    runs = [checked(alice, tmp_path, csv_of(3)) for _ in range(2)]
    came_of_it = started_at_once(runs, alice)
    [sending] = Run.objects.filter(state=RunState.SENDING)
    assert came_of_it == [STARTED, sending.pk]


def test_it_starts_both_of_two_files(alice, tmp_path, asked_at_once):
    runs = [checked(alice, tmp_path, csv_of(3, start=at)) for at in (1, 11)]
    assert started_at_once(runs, alice) == [STARTED, STARTED]


def test_one_of_two_starts_of_a_run_decides_what_is_enriched(alice, tmp_path, asked_at_once):
    run = checked(alice, tmp_path, some_with_email(30))
    some = Approval(EnrichmentType.PARTIAL, 10, only_missing=True)
    came_of_it: list[object] = []
    people = [
        threading.Thread(target=start_quietly, args=(run, alice, came_of_it, approval))
        for approval in (some, Approval(EnrichmentType.PARTIAL, 30))
    ]
    for each in people:
        each.start()
    for each in people:
        each.join()
    run.refresh_from_db()
    assert sorted(came_of_it) == [False, True]
    assert (run.only_missing, run.credits_most) in {("to_part", 10), ("no", 30)}


def start_quietly(run, person, came_of_it, approval):
    try:
        came_of_it.append(starting.start_run(run, person, approval))
    finally:
        connection.close()
