"""A kill at any moment leaves an import either whole or absent."""

from __future__ import annotations

import base64
import json
import random
import subprocess
import sys
import threading
import time
from collections import Counter

import pytest
import requests

from tests.live_sandbox import ROOT, Caller, Sandbox
from tests.sandbox.conftest import people

pytestmark = pytest.mark.crash
SEED = 7


def test_it_is_whole_or_absent_at_every_statement(tmp_path):
    command = [sys.executable, "-m", "tests.sandbox.crash_points", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["broken"] == []
    assert report["points"] > 40


class Importer(threading.Thread):
    """Imports chunk after chunk, each until it is answered, as a careful client would."""

    def __init__(self, sandbox: Sandbox, chunks: int) -> None:
        super().__init__(daemon=True)
        self.sandbox = sandbox
        self.list_id = sandbox.list_id("Empty test list")
        self.left = list(range(chunks))

    def run(self) -> None:
        while self.left:
            try:
                self.send(self.sandbox.client_for(), self.left[0])
            except requests.RequestException:
                time.sleep(0.02)

    def send(self, caller: Caller, chunk: int) -> None:
        text = people(25, start=chunk * 25)
        body = {
            "csv_content_base64": base64.b64encode(text.encode()).decode(),
            "column_mapping": {"email": "email"},
            "enrichment_type": "full",
            "idempotency_key": f"chunk-{chunk}",
        }
        answer = caller.post(f"/lead-lists/{self.list_id}/csv-import", json=body)
        assert answer.status_code == 201, answer.text
        self.left.pop(0)


def test_it_holds_every_sum_after_kills_at_random_moments(sandbox, record_sample):
    record_sample(f"2 kills of the sandbox at moments drawn with seed {SEED}")
    sandbox.speed(200)
    chance = random.Random(SEED)
    importer = Importer(sandbox, chunks=20)
    importer.start()
    for _ in range(2):
        time.sleep(chance.uniform(0.05, 0.25))
        sandbox.kill()
        sandbox.start("--speed", "200")
    importer.join(timeout=60)
    sandbox.advance(600)
    check_sums(sandbox, chunks=20)


def check_sums(sandbox: Sandbox, chunks: int) -> None:
    rows = Counter(entry["email"] for entry in sandbox.ledger("row_imported"))
    assert len(rows) == chunks * 25
    assert set(rows.values()) == {1}
    assert len(sandbox.emails(sandbox.list_id("Empty test list"))) == chunks * 25
    credits = {
        kind: Counter(entry["workflow_id"] for entry in sandbox.ledger(f"credits_{kind}"))
        for kind in ("reserved", "charged", "refunded")
    }
    assert len(credits["reserved"]) == len(credits["charged"]) == chunks
    assert {count for kind in credits.values() for count in kind.values()} == {1}
    charged = sum(entry["credits"] for entry in sandbox.ledger("credits_charged"))
    assert sandbox.credits() == 120_400 - charged
