"""One portal of several machines: what they do together is done once."""

from __future__ import annotations

import signal
import time
from collections import Counter

import pytest
from django.db import connection

from enrichment.models import EnrichmentType, Workflow
from imports.models import Chunk, ChunkState, ProblemRow, Run, RunState
from imports.services import progress
from imports.services.sums import rows_of
from tests.cast import signed_in
from tests.imports.files import csv_of, started
from tests.postgres.team import SILENT, TURN, Browser, wait_until

pytestmark = [
    pytest.mark.crash,
    pytest.mark.timeout(300),
    pytest.mark.django_db(transaction=True),
]
COLUMNS = ["first_name", "last_name", "email", "company_name"]
MAPPED = {f"column_{number}": field for number, field in enumerate(COLUMNS)}


def state_of(run: Run) -> str:
    return Run.objects.values_list("state", flat=True).get(pk=run.pk)


def ended(run: Run) -> Run:
    wait_until(lambda: Run.objects.get(pk=run.pk).is_over, f"{run} ends", seconds=240)
    return Run.objects.get(pk=run.pk)


def money_in_the_ledger(sandbox) -> dict[str, int]:
    return {
        name: sum(entry["credits"] for entry in sandbox.ledger(f"credits_{name}"))
        for name in ("reserved", "charged", "refunded")
    }


def test_two_workers_and_two_web_processes_bring_an_import_to_its_end(
    team_of_each_engine, sandbox, settings, alice
):
    team = team_of_each_engine
    team.environment["CHUNK_MAX_ROWS"] = "25"
    sandbox.speed(1000)
    credits_before = sandbox.credits()
    browser = Browser(signed_in(alice).cookies["sid"].value)
    one, two = team.web(), team.web()
    for _ in range(2):
        team.worker()
    text = csv_of(200) + "Ann,Lee,ann7@example.com,Acme\n,,,\nBob,,,\n"

    there = browser.fill_in(
        f"{one}/imports/new", {"new_list": "Spring"}, files={"file": ("leads.csv", text)}
    )
    run = Run.objects.get()
    browser.fill_in(f"{two}{there}", MAPPED | {"action": "check"})
    wait_until(lambda: state_of(run) == RunState.CHECKED, "the file is checked")
    browser.fill_in(
        f"{one}/imports/{run.pk}/start", {"enrich": "partial", "credits_most": 200}
    )
    run = ended(run)

    rows = rows_of(run)
    assert (rows.inside, rows.blank, rows.imported, rows.skipped) == (203, 1, 200, 2)
    assert (run.state, rows.adds_up) == (RunState.FINISHED_WITH_SKIPS, True)
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert imported == Counter(f"ann{number}@example.com" for number in range(1, 201))
    money = progress.as_json(progress.progress_of(run))["credits"]
    in_the_ledger = money_in_the_ledger(sandbox)
    assert {name: money[name] for name in in_the_ledger} == in_the_ledger
    spent = in_the_ledger["reserved"] - in_the_ledger["refunded"]
    assert credits_before - sandbox.credits() == spent
    assert "200" in browser.page(f"{two}/imports/{run.pk}/")


def test_four_workers_share_four_hundred_chunks_and_send_none_twice(
    team, sandbox, settings, alice, tmp_path
):
    settings.CHUNK_MAX_ROWS = 1
    runs = [
        started(alice, tmp_path, csv_of(50, start=1 + 50 * number), list_name=f"List {number}")
        for number in range(8)
    ]
    for _ in range(4):
        team.worker()
    for run in runs:
        assert ended(run).state == RunState.FINISHED
    keys = Chunk.objects.values_list("idempotency_key", flat=True)
    assert (len(keys), len(set(keys))) == (400, 400)
    assert Counter(Chunk.objects.values_list("attempts", flat=True)) == {1: 400}
    assert len(sandbox.calls("csv-import")) == 400
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert imported == Counter(f"ann{number}@example.com" for number in range(1, 401))
    hosts = {line for line in team.log().splitlines() if "is ready" in line}
    assert len(hosts) == 4


def everything_about(run: Run, sandbox) -> dict[str, object]:
    """All that a late worker could change. A call it had not sent yet may go out when it
    wakes; the API answers it from memory, as the key is the same."""
    models = {"runs": Run, "chunks": Chunk, "rows": ProblemRow, "workflows": Workflow}
    here = {
        name: list(model.objects.order_by("pk").values()) for name, model in models.items()
    }
    there = [entry for entry in sandbox.ledger() if entry["kind"] != "request"]
    return {**here, "ledger": there}


def test_a_worker_stopped_past_its_turn_changes_nothing_when_it_wakes(
    team_of_each_engine, sandbox, settings, alice, tmp_path
):
    team = team_of_each_engine
    settings.CHUNK_MAX_ROWS = 5
    run = started(alice, tmp_path, csv_of(40), EnrichmentType.PARTIAL)
    sandbox.speed(1000)
    sandbox.fault("slow", seconds=1.5, path="csv-import")
    stopped = team.worker()
    in_flight = Chunk.objects.filter(state=ChunkState.SENDING)
    wait_until(in_flight.exists, "a chunk is in flight")
    stopped.send_signal(signal.SIGSTOP)
    team.worker()
    run = ended(run)
    before = everything_about(run, sandbox)
    stopped.send_signal(signal.SIGCONT)
    time.sleep(2 * max(TURN, SILENT))
    assert everything_about(run, sandbox) == before
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 40)
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert set(imported.values()) == {1}


def test_a_killed_worker_is_followed_by_the_other(
    team_of_each_engine, sandbox, settings, alice, tmp_path
):
    team = team_of_each_engine
    settings.CHUNK_MAX_ROWS = 2
    run = started(alice, tmp_path, csv_of(40))
    for _ in range(2):
        team.worker()
    in_flight = Chunk.objects.filter(state=ChunkState.DONE)
    wait_until(lambda: in_flight.count() >= 3, "three chunks are done")
    team.processes[0].kill()
    run = ended(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 40)
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert set(imported.values()) == {1}


def test_an_import_survives_that_the_server_drops_everybody(
    team_of_each_engine, sandbox, settings, alice, tmp_path
):
    team = team_of_each_engine
    settings.CHUNK_MAX_ROWS = 2
    run = started(alice, tmp_path, csv_of(60))
    team.environment["WORKER_SILENT_SECONDS"] = "2"
    for _ in range(2):
        team.worker()
    for done in (5, 15):
        wait_until(
            lambda done=done: Chunk.objects.filter(state=ChunkState.DONE).count() >= done,
            f"{done} chunks are done",
        )
        drop_everybody()
    run = ended(run)
    assert (run.state, rows_of(run).imported) == (RunState.FINISHED, 60)
    imported = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert set(imported.values()) == {1}


def drop_everybody() -> None:
    """As a restart of the server does, for every connection but this one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
