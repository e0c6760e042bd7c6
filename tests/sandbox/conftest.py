from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import pytest
import requests

from tests.live_sandbox import READER, STRANGER, TEAMMATE, Caller, Sandbox

Import = Callable[..., requests.Response]


@pytest.fixture
def owner(sandbox: Sandbox) -> Caller:
    return sandbox.client_for()


@pytest.fixture
def teammate(sandbox: Sandbox) -> Caller:
    return sandbox.client_for(TEAMMATE)


@pytest.fixture
def reader(sandbox: Sandbox) -> Caller:
    return sandbox.client_for(READER)


@pytest.fixture
def stranger(sandbox: Sandbox) -> Caller:
    return sandbox.client_for(STRANGER)


@pytest.fixture
def empty(sandbox: Sandbox) -> str:
    """The id of the owner's empty list."""
    return sandbox.list_id("Empty test list")


@pytest.fixture
def import_csv(owner: Caller, empty: str) -> Import:
    """Import CSV text into the empty list; keys go into the request body."""

    def send(text: str, list_id: str = empty, **body: Any) -> requests.Response:
        whole = {
            "csv_content_base64": base64.b64encode(text.encode()).decode(),
            "column_mapping": {name: name for name in text.partition("\n")[0].split(",")},
            "dispatch_enrichment": False,
            **body,
        }
        return owner.post(f"/lead-lists/{list_id}/csv-import", json=whole)

    return send


def people(count: int, start: int = 0) -> str:
    """A CSV of `count` people with distinct addresses."""
    rows = "".join(
        f"person{at}@example.com,Person {at}\n" for at in range(start, start + count)
    )
    return "email,full_name\n" + rows
