"""Everybody's first ten minutes, in a real browser: invited by an admin, in with a one-time
password, a password of their own, then what their role does first, out, and in again.

What a page asks for is counted: a page that loads itself or a fragment over and over fails.
And what happens to an open page when its person may no longer use it.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from playwright.sync_api import Page, Request, expect

from imports.models import RunState
from jobs.worker import Worker
from people import services
from people.models import Person, Role
from tests.imports.pages import made_run

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 20_000
OWN = "three quiet tractors"
# How often the walk itself opens one page, and then some.
MOST_LOADS = 4
POLLS = re.compile(r"^/imports/(\d+/.*|\?.*)?$")


class Counts:
    """How often the browser loaded each page, and asked for each fragment that does not poll
    at its own pace."""

    def __init__(self, page: Page) -> None:
        self.loads: Counter[str] = Counter()
        self.fragments: Counter[str] = Counter()
        page.on("request", self._count)

    def _count(self, request: Request) -> None:
        path = re.sub(r"^https?://[^/]+", "", request.url)
        if request.headers.get("hx-request"):
            self.fragments[path] += 1
        elif request.is_navigation_request() and request.method == "GET":
            self.loads[path] += 1

    def expect_no_loop(self) -> None:
        [(page, times)] = self.loads.most_common(1)
        assert times <= MOST_LOADS, f"{page} was loaded {times} times"
        once_a_page = sum(self.loads.values()) * 2
        for path, times in self.fragments.items():
            assert POLLS.match(path) or times <= once_a_page, f"{times} times {path}"


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.RATE_PER_KEY, settings.RATE_PER_ORGANIZATION = 100_000, 200_000


@pytest.fixture
def worker(sandbox) -> Iterator[None]:
    """A worker in a thread of its own, ended before the database goes."""
    sandbox.speed(60)
    worker = Worker()
    thread = threading.Thread(target=_work, args=(worker,))
    thread.start()
    yield
    worker.stop()
    thread.join(timeout=30)
    assert not thread.is_alive()


def _work(worker: Worker) -> None:
    try:
        worker.run()
    finally:
        connection.close()


@pytest.fixture
def leads_file(tmp_path) -> Path:
    rows = [f"Ann{n},Lee{n},ann{n}@example.com,Acme" for n in range(30)]
    path = tmp_path / "autumn-fair.csv"
    path.write_text("First name,Last name,E-mail,Company\n" + "\n".join(rows))
    return path


def invite(page: Page, name: str, role: Role) -> str:
    """What an admin does: People, Add person. Returns the one-time password shown then."""
    page.get_by_role("link", name="Add person").click()
    page.get_by_label("Name to sign in with").fill(name)
    page.get_by_text(role.label, exact=True).click()
    page.get_by_role("button", name="Add person").click()
    return page.locator("#one-time-password").inner_text()


def sign_in(page: Page, name: str, password: str) -> None:
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()


def choose_own_password(page: Page) -> None:
    """As somebody who thinks about it: what is typed stays."""
    first = page.get_by_label("New password", exact=True)
    first.fill(OWN)
    page.wait_for_timeout(3_000)
    expect(first).to_have_value(OWN)
    page.get_by_label("New password again").fill(OWN)
    page.get_by_role("button", name="Set password and go on").click()
    expect(page.get_by_role("heading", name="Lists")).to_be_visible()


def sign_out(page: Page) -> None:
    page.locator("summary.person").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()


def make_list(page: Page) -> None:
    page.get_by_role("link", name="New list").first.click()
    page.get_by_label("Name", exact=True).fill("Autumn fair")
    page.get_by_role("button", name="Make list").click()
    expect(page.get_by_role("heading", name="Autumn fair")).to_be_visible()


def import_leads(page: Page, file: Path, has_script: bool) -> None:
    page.goto("/imports/new")
    page.get_by_label("Name of the new list").fill("Winter fair")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Upload and map columns").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+/map$"))
    page.get_by_role("button", name="Check all rows").click()
    until_there(page, "Import 30 leads", has_script).click()
    until_there(page, "Open the list", has_script)


def until_there(page: Page, name: str, has_script: bool):
    """The button or link of that name; without JavaScript one asks for the page anew."""
    wanted = page.get_by_role("button", name=name).or_(page.get_by_role("link", name=name))
    for _ in range(0 if has_script else 40):
        if wanted.count():
            break
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Refresh").click()
    expect(wanted.first).to_be_visible(timeout=SOON)
    return wanted.first


def look_around(page: Page) -> None:
    for path in ["/lists/", "/imports/", "/enrichment/", "/credits/", "/people/me"]:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert page.get_by_role("link", name="Import leads").count() == 0


@pytest.mark.parametrize(
    "role, has_script",
    [(role, True) for role in Role] + [(Role.OPERATOR, False)],
    ids=lambda value: value if isinstance(value, str) else f"script-{value}",
)
def test_everybody_gets_through_their_first_day(
    open_page, ada, worker, sandbox, leads_file, role, has_script
):
    password = invite(open_page("/people/", ada), "dora", role)
    page = open_page("/sign-in", java_script_enabled=has_script)
    counts = Counts(page)
    sign_in(page, "dora", password)
    choose_own_password(page)
    if role == Role.VIEWER:
        look_around(page)
    else:
        make_list(page)
        import_leads(page, leads_file, has_script)
    sign_out(page)
    sign_in(page, "dora", OWN)
    expect(page.get_by_role("heading", name="Lists")).to_be_visible()
    if has_script:
        counts.expect_no_loop()


def test_a_session_that_ended_takes_nobody_away_from_what_they_type(open_page, alice, sandbox):
    page = open_page("/lists/new", alice)
    page.wait_for_load_state("networkidle")
    counts = Counts(page)
    page.get_by_label("Name", exact=True).fill("Weeks of work")
    Session.objects.all().delete()
    for _ in range(3):
        with page.expect_response("**/frame/credits") as told:
            page.evaluate("htmx.trigger(document.body, 'frame')")
        assert told.value.status == 204
    expect(page.get_by_label("Name", exact=True)).to_have_value("Weeks of work")
    assert not counts.loads


def test_a_person_deactivated_before_an_open_page_is_at_the_door_once(
    open_page, ada, alice, sandbox, complaints
):
    run = made_run(alice, RunState.SENDING)
    page = open_page(f"/imports/{run.pk}/", alice)
    counts = Counts(page)
    services.deactivate(ada, Person.objects.get(pk=alice.pk))
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible(timeout=SOON)
    page.wait_for_timeout(2_000)
    assert counts.loads == {f"/sign-in?next=%2Fimports%2F{run.pk}%2F": 1}
    complaints.clear()


def test_a_role_taken_away_is_said_on_the_open_page(
    open_page, ada, alice, sandbox, complaints
):
    run = made_run(alice, RunState.CHECKED)
    page = open_page("/lists/new", alice)
    services.change_role(ada, Person.objects.get(pk=alice.pk), Role.VIEWER)
    page.evaluate(f"htmx.ajax('POST', '/imports/{run.pk}/start', {{source: 'main'}})")
    said = page.locator("#refusal")
    expect(said).to_contain_text("This needs the role operator; you are viewer")
    expect(said).to_contain_text("Ask ada for it.")
    expect(page.locator("#page-problem")).to_be_hidden()
    complaints.clear()


def test_what_is_gone_is_said_once_and_asked_for_no_more(
    open_page, alice, sandbox, complaints
):
    run = made_run(alice, RunState.SENDING)
    page = open_page(f"/imports/{run.pk}/", alice)
    run.delete()
    expect(page.locator("#refusal")).to_contain_text("There is no such page", timeout=SOON)
    counts = Counts(page)
    page.wait_for_timeout(4_000)
    assert not counts.fragments
    complaints.clear()
