"""People look at an import; F46."""

from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from imports.views import run as run_page
from tests.imports.files import csv_of, started, worked
from tests.imports.pages import htmx

pytestmark = pytest.mark.django_db(transaction=True)
TABS = 100


@pytest.fixture
def address(sandbox, alice, tmp_path):
    """The page of an import whose enrichment still runs."""
    sandbox.speed(0)
    run = worked(started(alice, tmp_path, csv_of(5), EnrichmentType.PARTIAL))
    return run.get_absolute_url()


def look(client, address):
    for _ in range(TABS):
        assert client.get(address, headers=htmx("run")).status_code == 200


def test_f46_a_hundred_looks_at_a_run_cost_the_api_no_call(sandbox, bob_client, address):
    before = len(sandbox.calls())
    look(bob_client, address)
    assert len(sandbox.calls()) == before


def test_f46_it_finds_out_a_page_that_asks(sandbox, bob_client, address, monkeypatch):
    from cleanlist_api.budget import Lane
    from connections import services as connections

    shown = run_page.progress_of

    def asked(*args, **more):
        connections.client(Lane.PAGE).credits_balance()
        return shown(*args, **more)

    monkeypatch.setattr(run_page, "progress_of", asked)
    before = len(sandbox.calls())
    bob_client.get(address, headers=htmx("run"))
    assert len(sandbox.calls()) > before
