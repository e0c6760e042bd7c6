"""The control endpoints, the seeded contents and the process itself."""

from __future__ import annotations

import socket
import subprocess
import sys

import pytest

from tests.live_sandbox import ROOT


def test_it_is_healthy_without_a_key(sandbox, owner):
    answer = owner.get(f"{sandbox.origin}/_sandbox/health", headers={"Authorization": ""})
    assert answer.json() == {"status": "ok", "seed": 1}


def test_it_numbers_the_ledger_without_gaps(sandbox, owner):
    for at in range(3):
        owner.post("/lead-lists", json={"name": f"List {at}"})
    entries = sandbox.ledger()
    assert [entry["n"] for entry in entries] == list(range(1, 7))
    assert sandbox.ledger(after=4) == entries[4:]
    assert sandbox.get("/ledger", limit=1) == {"entries": entries[:1], "last": 6}


def test_it_starts_a_new_world_on_reset(sandbox, owner):
    owner.post("/lead-lists", json={"name": "Mine"})
    sandbox.fault("server_error")
    sandbox.reset()
    assert sandbox.ledger() == []
    assert owner.get("/lead-lists").json()["total"] == 5


def test_it_seeds_the_same_world_twice_and_another_by_seed(sandbox):
    first = sandbox.lists(), sandbox.leads(sandbox.list_id("Q3 Outbound – Fintech VPs"))
    sandbox.reset()
    assert first == (
        sandbox.lists(),
        sandbox.leads(sandbox.list_id("Q3 Outbound – Fintech VPs")),
    )
    sandbox.reset(seed=2)
    assert sandbox.lists()[0]["list_id"] != first[0][0]["list_id"]


def test_it_seeds_a_dozen_lists_from_empty_to_20_000_leads(sandbox, owner):
    reset = owner.post(f"{sandbox.origin}/_sandbox/reset")
    assert reset.json() == {"seed": 1, "size": "full"}
    lists = owner.get("/lead-lists", params={"limit": 100}).json()["lists"]
    counts = sorted(each["lead_count"] for each in lists)
    assert len(lists) >= 12
    assert (counts[0], counts[-1]) == (0, 20_000)
    assert {each["visibility"] for each in lists} == {"private", "organization", "shared"}
    assert max(len(each["name"]) for each in lists) == 200


def test_it_makes_lists_as_a_test_wants_them(sandbox, owner):
    list_id = sandbox.make_list("Half", leads=10, enriched=1.0)
    body = owner.get(f"/lead-lists/{list_id}").json()
    assert (body["lead_count"], body["enriched_count"]) == (10, 10)
    assert len(sandbox.make_lists("Many", 3, visibility="organization")) == 3
    assert owner.get("/lead-lists").json()["total"] == 9


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/clock", {"advance": -1}),
        ("/reset", {"size": "huge"}),
        ("/settings", {"colour": "red"}),
        ("/lists", {}),
    ],
)
def test_it_rejects_a_control_request_outside_the_schema(sandbox, owner, path, body):
    assert owner.post(f"{sandbox.origin}/_sandbox{path}", json=body).status_code == 422


def test_it_refuses_to_end_a_workflow_that_is_not_open(sandbox, owner):
    wish = {"workflow_id": "bulk-enrich-0"}
    answer = owner.post(f"{sandbox.origin}/_sandbox/workflows/end", json=wish)
    assert answer.status_code == 404


def test_it_says_so_when_the_port_is_taken(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        state = str(tmp_path / "state.sqlite3")
        command = [sys.executable, "-m", "sandbox", "--port", port, "--state", state]
        done = subprocess.run(
            [*command, "--size", "small"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith(f"sandbox: cannot listen on 127.0.0.1:{port}")
