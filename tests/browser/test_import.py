"""The main job in a real browser: sign in, upload, map, check, run, and the sums agree."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from django.urls import reverse
from playwright.sync_api import Page, expect

from imports.models import Run, RunState
from jobs.worker import Worker
from tests.browser.conftest import NARROW, WIDE
from tests.cast import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

UPLOAD = reverse("imports:upload")
GERMAN = "Exportiert am 3.11.2025\n\nVorname;Nachname;E-Mail;Firma;Notiz\n"
SOON = 20_000


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.RATE_PER_KEY, settings.RATE_PER_ORGANIZATION = 100_000, 200_000


@pytest.fixture
def worker(sandbox) -> Iterator[Worker]:
    """A worker in a thread of its own, ended before the database goes."""
    sandbox.speed(60)
    worker = Worker()
    thread = threading.Thread(target=_work, args=(worker,))
    thread.start()
    yield worker
    worker.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()


@pytest.fixture
def german_file(tmp_path) -> Path:
    """488 leads, 9 rows without enough, 3 with an e-mail that was there before."""
    good = [f'Jörg{n};Müßig;j{n}@firma.de;Größe {n} GmbH;"a\nb"' for n in range(488)]
    empty = [";Müßig;;;x"] * 9
    twice = [f"Jörg{n};Müßig;J{n}@FIRMA.de;;x" for n in range(3)]
    path = tmp_path / "kontakte-übersicht.csv"
    path.write_bytes((GERMAN + "\n".join([*good, *empty, *twice])).encode("cp1252"))
    return path


def _work(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connection.close()


def upload(page: Page, file: Path, list_name: str) -> None:
    page.get_by_label("Name of the new list").fill(list_name)
    page.get_by_label("Drop a file here").set_input_files(file)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+/map$"))


def check(page: Page) -> None:
    page.get_by_role("button", name="Check all rows").click()
    expect(page.get_by_role("button", name=re.compile("^Import .* leads?$"))).to_be_visible(
        timeout=SOON
    )


def fits(page: Page) -> None:
    """Nothing sticks out at 390 px."""
    page.set_viewport_size(NARROW)
    assert page.evaluate("document.documentElement.scrollWidth") <= NARROW["width"]
    page.set_viewport_size(WIDE)


def test_it_brings_a_file_into_a_list(
    open_page, alice, worker, sandbox, german_file, expect_accessible
):
    page = open_page(UPLOAD)

    def expect_finished_step() -> None:
        expect_accessible(page)
        fits(page)

    page.get_by_label("Name").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_label("Password").press("Enter")
    expect(page.get_by_role("heading", name="New import")).to_be_visible()
    expect_finished_step()

    upload(page, german_file, "Q3 Outbound")
    expect(page.get_by_label("Vorname goes to")).to_have_value("first_name")
    expect(page.get_by_text("Jörg0 · Jörg1 · Jörg2")).to_be_visible()
    expect_finished_step()

    check(page)
    page.get_by_text("Up to 0 credits, 1 for each e-mail found. 488 of 488 rows").click()
    page.locator("#only-missing").uncheck()
    expect(page.get_by_text("May spend up to 488 credits")).to_be_visible()
    expect(page.get_by_role("link", name="9 something required")).to_be_visible()
    expect_finished_step()

    page.get_by_role("button", name="Import 488 leads").dblclick()
    expect(page.locator("#ending")).to_be_visible(timeout=SOON)
    expect_finished_step()

    entries = sandbox.ledger("row_imported")
    charged = sum(each["credits"] for each in sandbox.ledger("credits_charged"))
    refunded = sum(each["credits"] for each in sandbox.ledger("credits_refunded"))
    assert len(entries) == len({each["email"] for each in entries}) == 488
    expect(page.locator("#ending")).to_have_text(
        f"488 of 500 rows are in Q3 Outbound; 12 were skipped; "
        f"{charged:,} credits charged, {refunded:,} refunded."
    )
    expect(page.get_by_role("link", name="Notices, 1 unread")).to_be_visible()
    expect(page.locator(".topbar-credits strong")).to_have_text(f"{sandbox.credits():,}")
    expect(page.locator("#imports-running")).to_be_hidden()
    page.get_by_role("link", name="Imports").first.click()
    expect(page.get_by_role("row", name=re.compile("Finished with skips"))).to_be_visible()
    expect_finished_step()


def test_it_can_be_done_by_keyboard_alone(open_page, alice, worker, german_file):
    page = open_page(UPLOAD, alice)

    def tab_to(element_id: str) -> None:
        for _ in range(60):
            if page.evaluate("document.activeElement.id") == element_id:
                return
            page.keyboard.press("Tab")
        raise AssertionError(f"the keyboard does not reach {element_id}")

    tab_to("id_new_list")
    page.keyboard.type("Autumn")
    tab_to("id_file")
    page.locator("#id_file").set_input_files(german_file)
    tab_to("upload-button")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/map$"))

    tab_to("column-3")
    page.keyboard.press("Home")
    expect(page.get_by_text("Not sent (2)")).to_be_visible()
    tab_to("check-rows")
    page.keyboard.press("Enter")
    expect(page.locator("#start-button")).to_be_visible(timeout=SOON)

    tab_to("enrich-off")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#only-missing")).to_be_checked()
    expect(page.locator("#enrich-partial")).to_be_focused()
    tab_to("only-missing")
    page.keyboard.press("Space")
    expect(page.get_by_text("May spend up to 488 credits")).to_be_visible()
    expect(page.locator("#only-missing")).to_be_focused()
    tab_to("start-button")
    page.keyboard.press("Enter")
    expect(page.locator("#ending")).to_be_visible(timeout=SOON)


def test_it_goes_back_without_loss(open_page, alice, worker, german_file):
    page = open_page(UPLOAD, alice)
    upload(page, german_file, "Winter")
    page.get_by_label("Firma goes to").select_option("Not sent")
    expect(page.get_by_text("Not sent (2)")).to_be_visible()

    page.reload()
    expect(page.get_by_text("Not sent (2)")).to_be_visible()

    check(page)
    page.go_back()
    expect(page.get_by_text("Not sent (2)")).to_be_visible()
    page.get_by_text("Not sent (2)").click()
    page.get_by_label("Firma goes to").select_option("Company name")
    expect(page.get_by_text("Changed since the last check")).to_be_visible()

    page.get_by_role("link", name="Upload").click()
    expect(page.get_by_label("Name of the new list")).to_have_value("Winter")
    assert Run.objects.get().state == RunState.UPLOADED


def test_it_filters_and_searches_the_rows_left_out(open_page, alice, worker, german_file):
    page = open_page(UPLOAD, alice)
    upload(page, german_file, "Winter")
    check(page)
    rows = page.locator("#problems tbody tr")
    expect(rows).to_have_count(12)

    page.get_by_role("link", name=re.compile("^Same email")).click()
    expect(rows).to_have_count(3)
    page.get_by_label("Search the rows left out").fill("jörg1")
    expect(rows).to_have_count(1)
    expect(page).to_have_url(re.compile("reason=duplicate_email"))

    page.get_by_text("Up to 5,368 credits, 11 where both are found").click()
    expect(page.get_by_text("May spend up to 5,368 credits")).to_be_visible()
    expect(rows).to_have_count(1)


def test_it_cancels_what_it_is_asked_to(
    open_page, alice, sandbox, worker, german_file, settings
):
    settings.CHUNK_MAX_ROWS = 20
    sandbox.fault("slow", seconds=0.4, path="csv-import", times=25)
    page = open_page(UPLOAD, alice)
    upload(page, german_file, "Winter")
    check(page)
    page.get_by_role("button", name="Import 488 leads").click()
    expect(page.locator("a.cell.done").first).to_be_visible(timeout=SOON)

    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="Cancel import").click()

    expect(page.locator("#ending")).to_contain_text("were not sent", timeout=SOON)
    assert f"{len(sandbox.ledger('row_imported'))} of 500 rows are in" in page.inner_text(
        "#ending"
    )
