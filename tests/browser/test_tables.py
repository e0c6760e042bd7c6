"""Tables in a real browser: what is cut at 1440 px, and what a phone still shows."""

from __future__ import annotations

import pytest

from imports.models import RunState
from tests.browser.conftest import NARROW, WIDE
from tests.imports.files import csv_of, started, uploaded, worked
from tests.imports.pages import made_run, with_chunks

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


MOST_CUT = 0.05
# Columns of the cells whose text does not show whole, and how many cells were looked at.
CUT = """() => {
  const cells = [...document.querySelectorAll("tbody :is(th, td)")];
  const isCut = (part) => part.scrollWidth > part.clientWidth + 1
    || (part.matches(".clamp") && part.scrollHeight > part.clientHeight + 1);
  const cut = cells.filter((cell) => [cell, ...cell.querySelectorAll("*")].some(isCut));
  return { cells: cells.length, cut: cut.map((cell) => cell.cellIndex) };
}"""
BEYOND_THE_EDGE = """() => [...document.querySelectorAll("tbody :is(th, td)")]
  .filter((cell) => cell.getBoundingClientRect().right > innerWidth)
  .map((cell) => cell.textContent)"""
EMAIL = 3


def test_hardly_a_cell_of_a_list_is_cut(sandbox, open_page, ada):
    page = open_page(f"/lists/{sandbox.make_list('Leads', leads=100)}/", ada)

    found = page.evaluate(CUT)

    assert found["cells"] == 700
    assert EMAIL not in found["cut"]
    assert len(found["cut"]) <= MOST_CUT * found["cells"]


def test_a_phone_shows_a_list_within_its_width(sandbox, open_page, ada):
    list_id = sandbox.make_list("Leads", leads=25, enriched=1)

    page = open_page(f"/lists/{list_id}/", ada, NARROW)

    assert page.evaluate(BEYOND_THE_EDGE) == []
    assert page.get_by_text(sandbox.emails(list_id)[0]).is_visible()


def test_a_phone_shows_the_figures_and_the_state_of_an_import(db, open_page, ada):
    name = "a file with a name that goes on and on, from the marketing team.csv"
    run = made_run(ada, RunState.FINISHED_WITH_SKIPS, file_name=name, rows_skipped=12)
    with_chunks(run, "done", "done")

    page = open_page("/imports/", ada, NARROW)

    assert page.evaluate(BEYOND_THE_EDGE) == []
    row = page.locator("tbody tr")
    assert row.get_by_text("Finished with skips").is_visible()
    assert (
        row.get_by_text("1,200").is_visible()
        and row.get_by_text("12", exact=True).is_visible()
    )


def test_a_phone_shows_what_a_test_batch_says_of_the_rest(sandbox, open_page, ada, tmp_path):
    run = worked(started(ada, tmp_path, csv_of(1300), canary=True))

    page = open_page(f"/imports/{run.pk}/", ada, NARROW)

    assert page.get_by_text("Expected in the rest").is_visible()
    assert page.evaluate(BEYOND_THE_EDGE) == []


def test_keys_turn_leads_while_one_is_open(sandbox, open_page, ada):
    list_id = sandbox.make_list("Leads", leads=30)
    page = open_page(f"/lists/{list_id}/?size=25", ada)
    page.locator("tbody .name a").nth(1).click()
    page.get_by_text("2 of 30", exact=True).wait_for()

    page.keyboard.press("j")
    page.get_by_text("3 of 30", exact=True).wait_for()
    page.keyboard.press("k")
    page.get_by_text("2 of 30", exact=True).wait_for()
    page.keyboard.press("Escape")
    page.get_by_text("2 of 30", exact=True).wait_for(state="detached")
    page.keyboard.press("j")
    page.get_by_text("26–30 of 30").wait_for()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_the_rows_of_a_wide_file_scroll_in_their_own_frame(db, open_page, ada, tmp_path, size):
    names = ",".join(f"A column called {number}" for number in range(57))
    cells = ",".join(f"a longer value of column {number}" for number in range(57))
    run = uploaded(ada, tmp_path, f"{names}\n{cells}\n")

    page = open_page(f"/imports/{run.pk}/map", ada, size)
    page.get_by_text("First 1 row as read").click()

    assert page.get_by_role("region", name="First rows").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
