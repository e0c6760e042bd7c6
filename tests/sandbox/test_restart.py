"""What a kill and a restart keep: everything."""

from __future__ import annotations

import base64
from dataclasses import dataclass

import pytest

from tests.live_sandbox import Sandbox
from tests.sandbox.conftest import people


@dataclass
class Restarted:
    sandbox: Sandbox
    workflow_id: str
    epoch: float


@pytest.fixture(scope="module")
def restarted(sandbox_server):
    """A sandbox killed half-way through a workflow, with its window of calls used up."""
    sandbox = sandbox_server
    if not sandbox.is_running:
        sandbox.start()
    sandbox.reset(speed=0)
    caller = sandbox.client_for()
    body = {
        "csv_content_base64": base64.b64encode(people(80).encode()).decode(),
        "column_mapping": {"email": "email"},
        "enrichment_type": "full",
    }
    empty = sandbox.list_id("Empty test list")
    workflow_id = caller.post(f"/lead-lists/{empty}/csv-import", json=body).json()[
        "workflow_id"
    ]
    sandbox.advance(2)
    sandbox.enforce_limits(per_key=2)
    for _ in range(2):
        caller.get("/whoami")
    epoch = sandbox.get("/clock")["epoch"]
    sandbox.kill()
    sandbox.start("--speed", "0")
    return Restarted(sandbox, workflow_id, epoch)


def test_it_keeps_the_contents(restarted):
    assert len(restarted.sandbox.emails(restarted.sandbox.list_id("Empty test list"))) == 80


def test_it_keeps_the_clock(restarted):
    assert restarted.epoch <= restarted.sandbox.get("/clock")["epoch"] < restarted.epoch + 300


def test_it_keeps_the_window_of_the_rate_limit(restarted):
    assert restarted.sandbox.client_for().get("/whoami").status_code == 429


def test_it_goes_on_with_the_workflow_and_charges_it_once(restarted):
    restarted.sandbox.advance(60)
    [status] = restarted.sandbox.workflows()
    assert (status["workflow_id"], status["status"]) == (restarted.workflow_id, "completed")
    assert len(restarted.sandbox.ledger("credits_charged")) == 1
