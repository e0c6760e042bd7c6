"""Every page a person can open, light and dark, wide and narrow: accessible, no overflow,
nothing in the browser's console. A page that breaks the content policy fails here too."""

from __future__ import annotations

import pytest

from enrichment.models import EnrichmentType
from people import notices
from people.models import NoticeKind
from tests.browser.conftest import NARROW, WIDE
from tests.imports.files import checked, csv_of, started, uploaded, worked
from tests.imports.pages import made_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LOOKS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "light"), (NARROW, "dark")]
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
    def looks_right(path):
        for size, scheme in LOOKS:
            page = open_page(path, ada, size, scheme)
            expect_accessible(page)
            if path == "/no/such/page":
                complaints.clear()
            page.context.close()

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


def test_it_filters_the_history_while_one_types(sandbox, open_page, ada, alice):
    made_run(ada, file_name="november.csv")
    made_run(alice, file_name="december.csv")
    page = open_page("/imports/", ada)
    page.get_by_label("By").select_option("alice")
    page.wait_for_url("**/imports/?by=alice")
    page.get_by_label("Search file names").fill("nov")
    page.get_by_text("No import found").wait_for()
    assert page.url.endswith("/imports/?by=alice&q=nov")
