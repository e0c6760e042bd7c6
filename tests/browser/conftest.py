"""A real browser at a live portal: who is signed in, how wide, how dark."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings as django_settings
from playwright.sync_api import Browser, Page

from people.models import Person
from tests.cast import signed_in

# Playwright's sync API runs an event loop in the thread of the test.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}

# What axe says of colours: all else is in the dark as it was in the light.
COLOUR_RULES = ["color-contrast", "link-in-text-block"]

OpenPage = Callable[..., Page]
ExpectAccessible = Callable[[Page], None]


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    assert chromium, "Browser tests need Chromium: apt-get install chromium, or set CHROMIUM"
    quiet = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    return {**browser_type_launch_args, "executable_path": chromium, "args": quiet}


@pytest.fixture
def complaints() -> list[str]:
    """What the console of the browser has said; a test that provokes it clears it."""
    return []


@pytest.fixture
def open_page(browser: Browser, live_server, complaints: list[str]) -> Iterator[OpenPage]:
    """Open `path` as `person` (None: signed out). What the console complains about fails."""
    contexts = []

    def open_page(
        path: str,
        person: Person | None = None,
        size: dict[str, int] = WIDE,
        scheme: str = "light",
        **options: object,
    ) -> Page:
        context = browser.new_context(
            base_url=live_server.url,
            viewport=size,
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        if person:
            context.add_cookies([_session_cookie(person, live_server.url)])
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on(
            "console",
            lambda line: complaints.append(line.text) if line.type == "error" else None,
        )
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not complaints


@pytest.fixture
def expect_accessible() -> ExpectAccessible:
    """Axe finds nothing, light and dark, and nothing sticks out of the page on the right.
    The page is light afterwards."""

    def expect_accessible(page: Page) -> None:
        for scheme, rules in (("light", None), ("dark", COLOUR_RULES)):
            page.emulate_media(color_scheme=scheme)
            _expect_no_violation(page, rules)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.emulate_media(color_scheme="light")

    return expect_accessible


def _expect_no_violation(page: Page, rules: list[str] | None) -> None:
    """Of these rules; None: of all."""
    only = {"runOnly": {"type": "rule", "values": rules}} if rules else {}
    results = Axe().run(page, options={"resultTypes": ["violations"], **only})
    assert results.violations_count == 0, results.generate_report()


def _session_cookie(person: Person, url: str) -> dict[str, str]:
    name = django_settings.SESSION_COOKIE_NAME
    return {"name": name, "value": signed_in(person).cookies[name].value, "url": url}
