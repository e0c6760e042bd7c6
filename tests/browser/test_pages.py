"""Every page a person can open, light and dark, wide and narrow: accessible, no overflow,
nothing in the browser's console. A page that breaks the content policy fails here too."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import ReadBack, RunState
from people import notices
from people.audit import record
from people.models import NoticeKind
from tests.browser.conftest import NARROW, WIDE
from tests.imports.files import (
    checked,
    csv_of,
    looked,
    read_through,
    started,
    undone,
    uploaded,
    worked,
)
from tests.imports.pages import made_run, with_chunks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

STATIC_PAGES = [
    "/lists/",
    "/lists/?q=nothing+is+called+this",
    "/lists/new",
    "/imports/",
    "/imports/new",
    "/enrichment/",
    "/credits/",
    "/settings/",
    "/people/",
    "/people/add",
    "/people/me",
    "/people/audit",
    "/people/notices",
    "/no/such/page",
]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


@pytest.fixture
def looks_right(open_page, expect_accessible, complaints, ada):
    """Every page of a test is loaded wide and narrow, in one window."""
    page = open_page("about:blank", ada)

    def looks_right(path):
        for size in (WIDE, NARROW):
            page.set_viewport_size(size)
            page.goto(path)
            expect_accessible(page)
            if path == "/no/such/page":
                complaints.clear()

    return looks_right


@pytest.mark.parametrize("path", STATIC_PAGES)
def test_it_shows_the_page_to_everyone(sandbox, looks_right, path):
    looks_right(path)


def test_it_shows_a_list_of_leads(sandbox, looks_right):
    list_id = sandbox.make_list("Leads with 名前", leads=30)
    lead = sandbox.leads(list_id)[0]["lead_id"]
    looks_right(f"/lists/{list_id}/")
    looks_right(f"/lists/{list_id}/?lead={lead}")
    looks_right(f"/lists/{list_id}/delete")


def test_it_shows_an_empty_list(sandbox, looks_right):
    looks_right(f"/lists/{sandbox.make_list('Nobody yet')}/")


def test_it_shows_the_steps_of_an_import(sandbox, looks_right, ada, tmp_path):
    text = csv_of(4) + "Ann,Lee,ann1@example.com,Acme\n,Only,,\n"
    looks_right(f"/imports/{uploaded(ada, tmp_path, text).pk}/map")
    looks_right(f"/imports/{checked(ada, tmp_path, text).pk}/check")


def test_it_shows_a_run_that_enriches(sandbox, looks_right, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(40), EnrichmentType.PARTIAL))
    looks_right(f"/imports/{run.pk}/")


def test_it_shows_a_run_that_ended(sandbox, looks_right, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(40)))
    looks_right(f"/imports/{run.pk}/")
    looks_right("/imports/")


def test_it_shows_an_undo(sandbox, looks_right, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(40)))
    sandbox.change_lead(sandbox.leads(run.list_id)[0]["lead_id"], title="Chief of Staff")
    looks_right(f"/imports/{run.pk}/undo")
    looked(run, ada)
    looks_right(f"/imports/{run.pk}/undo")
    undone(run, ada)
    looks_right(f"/imports/{run.pk}/undo?show=changed")
    looks_right(f"/imports/{run.pk}/")


def test_it_shows_a_canary(sandbox, looks_right, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(1300), canary=True))
    assert run.state == RunState.PAUSED
    looks_right(f"/imports/{run.pk}/")


def test_it_shows_what_the_list_says_of_an_unknown_call(sandbox, looks_right, ada):
    run = with_chunks(made_run(ada, RunState.FAILED, started_at=timezone.now()), "unknown")
    looks_right(f"/imports/{run.pk}/")


def test_it_undoes_an_import_by_two_presses(sandbox, open_page, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(40)))
    page = open_page(f"/imports/{run.pk}/", ada)
    page.get_by_role("link", name="Undo").click()
    page.get_by_role("button", name="Look what would be taken out").click()
    page.get_by_text("Reading Spring").wait_for()
    read_through(ReadBack.objects.get())
    page.get_by_role("button", name="Take 40 leads out of the list").click()
    page.get_by_text("Looking once more").wait_for()
    read_through(ReadBack.objects.get())
    page.get_by_text("40 leads were taken out of Spring").wait_for()
    assert sandbox.emails(run.list_id) == []


def test_it_shows_pages_while_the_api_is_down(sandbox, looks_right):
    sandbox.stop()
    try:
        looks_right("/lists/")
        looks_right("/credits/")
        looks_right("/imports/new")
    finally:
        sandbox.start()


def test_it_shows_notices_and_the_bell(sandbox, looks_right, ada):
    for number in range(3):
        notices.tell(ada, NoticeKind.DONE, str(number), "Import 41 finished: all is in", "/")
    looks_right("/people/notices")


def test_a_bell_of_any_figure_covers_nobody(sandbox, open_page, ada):
    for number in range(12):
        notices.tell(ada, NoticeKind.DONE, str(number), "Import 41 finished: all is in", "/")
    for size in (WIDE, NARROW):
        page = open_page("/people/notices", ada, size)
        page.wait_for_load_state("networkidle")
        figure, person = (
            page.locator(name).bounding_box() for name in (".bell-count", "summary.person")
        )
        assert figure["x"] + figure["width"] <= person["x"]


def test_it_narrows_the_trail_while_one_types(sandbox, open_page, ada, alice):
    record(ada, "created list", "Spring", list_id="l1")
    record(alice, "created list", "Autumn", list_id="l2")
    page = open_page("/people/audit", ada)
    page.get_by_label("By").select_option("alice")
    page.wait_for_url("**/people/audit?who=alice")
    page.get_by_label("Search the names").fill("spr")
    page.get_by_text("Nothing found").wait_for()
    assert page.url.endswith("/people/audit?who=alice&q=spr")


@pytest.mark.parametrize("path", ["/people/me", "/no/such/page"])
def test_it_shows_the_first_page_of_all(open_page, expect_accessible, complaints, bob, path):
    bob.one_time_password_until = timezone.now() + timedelta(hours=1)
    bob.save()
    for size in (WIDE, NARROW):
        expect_accessible(open_page(path, bob, size))
    complaints.clear()


def test_it_filters_the_history_while_one_types(sandbox, open_page, ada, alice):
    made_run(ada, file_name="november.csv")
    made_run(alice, file_name="december.csv")
    page = open_page("/imports/", ada)
    page.get_by_label("By").select_option("alice")
    page.wait_for_url("**/imports/?by=alice")
    page.get_by_label("Search file names").fill("nov")
    page.get_by_text("No import found").wait_for()
    assert page.url.endswith("/imports/?by=alice&q=nov")
