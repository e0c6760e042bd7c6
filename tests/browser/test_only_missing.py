"""The box "Only where missing" on Check: what it says changes with it, with and without
JavaScript, and the button sends what was shown."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from enrichment.models import EnrichmentType
from imports.models import Run
from tests.browser.conftest import NARROW, WIDE
from tests.imports.files import checked, some_with_email, started, worked

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOME = ("Import 300 leads, enrich 100", "May spend up to 100 credits")
ALL = ("Import 300 leads", "May spend up to 300 credits")


@pytest.fixture
def run(sandbox, ada, settings, tmp_path) -> Run:
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    return checked(ada, tmp_path, some_with_email(300))


def expect_plan(page: Page, plan: tuple[str, str]) -> None:
    expect(page.locator("#start-button")).to_have_text(plan[0])
    expect(page.locator("aside.card").first).to_contain_text(plan[1])


def test_its_figures_follow_it(open_page, run, ada):
    page = open_page(f"/imports/{run.pk}/check", ada)
    page.locator("#enrich-partial").check()
    expect_plan(page, SOME)
    page.locator("#only-missing").uncheck()
    expect_plan(page, ALL)
    page.locator("#enrich-phone_only").check()
    expect(page.locator("#only-missing")).to_have_count(0)
    page.locator("#enrich-partial").check()
    expect_plan(page, ALL)
    page.locator("#only-missing").check()
    expect_plan(page, SOME)
    page.locator("#start-button").click()
    page.wait_for_url(f"**/imports/{run.pk}/")
    run.refresh_from_db()
    assert (run.only_missing, run.credits_most) == ("to_part", 100)


def test_it_works_without_javascript(open_page, run, ada):
    page = open_page(f"/imports/{run.pk}/check", ada, java_script_enabled=False)
    page.locator("#enrich-partial").check()
    page.get_by_role("button", name="Show the plan").click()
    expect_plan(page, SOME)
    page.locator("#only-missing").uncheck()
    page.get_by_role("button", name="Show the plan").click()
    expect_plan(page, ALL)
    page.locator("#start-button").click()
    run.refresh_from_db()
    assert (run.only_missing, run.credits_most) == ("no", 300)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_its_pages_are_accessible(open_page, expect_accessible, run, ada, size, scheme):
    expect_accessible(open_page(f"/imports/{run.pk}/check?enrich=partial", ada, size, scheme))


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_its_receipt_is_accessible(open_page, expect_accessible, run, ada, size, tmp_path):
    text = some_with_email(1_500)
    run = worked(started(ada, tmp_path, text, EnrichmentType.PARTIAL, only_missing=True))
    expect_accessible(open_page(f"/imports/{run.pk}/?chunk=2", ada, size))
