"""Choosing a list among many by typing, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from lists.choosing import learn_newest
from lists.models import KnownList
from tests.browser.conftest import NARROW, WIDE

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
UPLOAD = "/imports/new"


@pytest.fixture(autouse=True)
def _many(sandbox):
    learn_newest()
    KnownList.objects.bulk_create(
        KnownList(
            list_id=f"l{n}",
            name=f"Campaign {n:04}",
            folded_name=f"campaign {n:04}",
            lead_count=n,
        )
        for n in range(300)
    )


def find(page: Page, name: str) -> None:
    page.get_by_label("Or find a list by its name").press_sequentially(name)


@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_finds_by_typing(open_page, expect_accessible, alice, size):
    page = open_page(UPLOAD, alice, size)
    expect_accessible(page)

    find(page, "campaign 02")

    expect(page.locator("#lists-told")).to_contain_text("50 newest of 100 found")
    expect(page.locator("#list-choices [type=radio]")).to_have_count(50)
    page.get_by_label("Campaign 0200").check()
    expect(page.get_by_label("Name of the new list")).to_be_hidden()
    expect_accessible(page)


def test_the_ticked_list_stays_while_another_is_looked_for(open_page, alice):
    page = open_page(UPLOAD, alice)
    find(page, "0123")
    page.get_by_label("Campaign 0123").check()

    page.get_by_label("Or find a list by its name").fill("0211")
    expect(page.get_by_label("Campaign 0211")).to_be_visible()

    expect(page.get_by_label("Campaign 0123")).to_be_checked()


def test_enter_finds_and_keeps_the_typed_name(open_page, alice):
    page = open_page(UPLOAD, alice)
    page.get_by_label("Name of the new list").fill("Autumn")
    find(page, "0123")
    page.keyboard.press("Enter")

    expect(page.locator("#lists-told")).to_have_text("1 list found")
    expect(page.get_by_label("Name of the new list")).to_have_value("Autumn")
    assert page.url.endswith(UPLOAD)


def test_the_list_come_from_is_found_away_from_by_another_choice(open_page, alice):
    page = open_page(f"{UPLOAD}?list=l7", alice)
    page.get_by_label("A new list").check()

    find(page, "0123")
    page.keyboard.press("Enter")

    expect(page.locator("#lists-told")).to_have_text("1 list found")
    expect(page.get_by_label("A new list")).to_be_checked()


def test_it_finds_by_keyboard_alone(open_page, alice):
    page = open_page(UPLOAD, alice)
    page.get_by_label("Or find a list by its name").focus()
    page.keyboard.type("0123")
    expect(page.locator("#lists-told")).to_have_text("1 list found")

    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    page.get_by_label("A new list").focus()
    page.keyboard.press("ArrowDown")

    expect(page.get_by_label("Campaign 0123")).to_be_checked()


def test_it_finds_without_scripts(open_page, alice):
    page = open_page(f"{UPLOAD}?list=l7", alice, java_script_enabled=False)
    page.get_by_label("Or find a list by its name").fill("0123")
    page.get_by_role("button", name="Find").click()

    expect(page.get_by_label("Campaign 0007")).to_be_checked()
    expect(page.get_by_label("Campaign 0123")).to_be_visible()
