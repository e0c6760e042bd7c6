"""A tab that watches an import keeps asking while nothing changes, and is sent what did."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from imports.models import Chunk, Run, RunState
from jobs.models import WorkerBeat
from tests.imports.pages import made_run, with_chunks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOON = 20_000


@pytest.fixture
def run(alice) -> Run:
    now = timezone.now()
    WorkerBeat.objects.create(worker_id="w", host="h", pid=1, started_at=now, beat_at=now)
    run = made_run(alice, RunState.SETTLING, beat_at=now - timedelta(seconds=50))
    return with_chunks(run, "done", "sending", "ready")


def test_it_goes_on_asking_while_nothing_changes_and_then_shows_the_change(
    alice, run, open_page
):
    page = open_page(run.get_absolute_url(), alice)
    statuses: list[int] = []
    page.on("response", lambda answer: statuses.append(answer.status))
    first = page.locator("#call-1").evaluate_handle("cell => cell")
    page.locator("#call-1").focus()
    for _ in range(3):
        with page.expect_response(lambda answer: answer.status == 204, timeout=SOON):
            pass

    Chunk.objects.filter(number=2).update(state="done", rows_imported=600)

    expect(page.locator("#call-2.done")).to_be_visible(timeout=SOON)
    expect(page.locator("#grid-summary")).to_contain_text("2 of 3")
    assert statuses.count(204) >= 3
    assert first.evaluate("cell => cell.isConnected")
    expect(page.locator("#call-1")).to_be_focused()


def test_the_sign_of_life_is_true_though_nothing_else_changes(alice, run, open_page):
    page = open_page(run.get_absolute_url(), alice)
    beat = page.locator("time[data-beat]")
    expect(beat).to_contain_text("5")

    Run.objects.update(beat_at=timezone.now() + timedelta(seconds=5))

    expect(beat).to_have_text("just now", timeout=SOON)


def test_without_javascript_it_offers_a_link(alice, run, open_page):
    page = open_page(run.get_absolute_url(), alice, java_script_enabled=False)
    Chunk.objects.filter(number=2).update(state="done")

    page.get_by_role("link", name="Refresh").click()

    expect(page.locator("#call-2.done")).to_be_visible()
