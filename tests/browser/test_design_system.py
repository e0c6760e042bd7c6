from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NARROW, WIDE

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted((ROOT / "templates/components").glob("*.html"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
STYLES = sorted((ROOT / "static/css").glob("*.css"))
SCRIPTS = sorted((ROOT / "static/js").glob("*.js"))
# Parts of the frame, not for pages to include.
FRAME = {
    "head",
    "sidebar",
    "nav_item",
    "topbar_side",
    "sandbox_badge",
    "frame_notices",
    "keys_sheet",
}


def zipped(files: list[Path]) -> int:
    return sum(len(gzip.compress(file.read_bytes())) for file in files)


def test_it_keeps_the_style_sheets_small():
    assert zipped(STYLES) <= 14 * 1024


def test_it_keeps_the_scripts_small():
    assert zipped(SCRIPTS) <= 8 * 1024


@pytest.mark.parametrize("sheet", STYLES, ids=lambda file: file.name)
def test_it_names_raw_colours_only_in_the_tokens(sheet):
    raw = re.findall(r"#[0-9a-f]{3,8}\b|\b(?:oklch|rgba?|hsla?)\(", sheet.read_text())
    on_paper = {"#000", "#fff"} if sheet.name == "base.css" else set()
    assert sheet.name == "tokens.css" or set(raw) <= on_paper


def test_it_uses_only_tokens_that_exist():
    defined = set(re.findall(r"(--[\w-]+):", (ROOT / "static/css/tokens.css").read_text()))
    used = {
        name for sheet in STYLES for name in re.findall(r"var\((--[\w-]+)", sheet.read_text())
    }
    assert used <= defined


def test_it_draws_every_icon_a_template_asks_for():
    sprite = (ROOT / "static/icons/sprite.svg").read_text()
    drawn = set(re.findall(r'symbol id="([\w-]+)"', sprite))
    asked = {
        name
        for file in TEMPLATES
        for name in re.findall(
            r'icon\.html" with name="([\w-]+)"|icon="([\w-]+)"', file.read_text()
        )
    }
    assert {first or second for first, second in asked} <= drawn


@pytest.mark.parametrize("file", TEMPLATES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_it_writes_no_code_or_style_into_markup(file):
    text = file.read_text()
    assert not re.search(r"""\sstyle=|\son[a-z]+=["']|<style|<script(?![^>]*\bsrc=)""", text)


@pytest.mark.parametrize("file", COMPONENTS, ids=lambda file: file.stem)
def test_it_says_the_inputs_of_a_component_first(file):
    assert re.match(
        r"{% comment %}.*[Ii]nputs: |{% comment %}What the frame", file.read_text()
    )


@pytest.mark.parametrize(
    "file", [file for file in COMPONENTS if file.stem not in FRAME], ids=lambda file: file.stem
)
def test_it_documents_and_shows_every_component(file):
    docs = (ROOT / "docs/design-system.md").read_text()
    shown = (ROOT / "tests/browser/showcase/parts.html").read_text()
    shown += "".join(other.read_text() for other in COMPONENTS if other != file)
    assert (
        f"`{file.stem}`" in docs
        and f"components/{file.name}"
        in shown
        + (ROOT / "templates/base.html").read_text()
        + (ROOT / "templates/bare.html").read_text()
    )


@pytest.fixture
def showcase(settings, open_page, alice):
    settings.ROOT_URLCONF = "tests.browser.showcase.urls"
    return lambda query="", **look: open_page(f"/showcase/{query}", alice, **look)


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_shows_everybody_every_component(showcase, expect_accessible, size):
    page = showcase(size=size)
    expect(page.locator("#live")).to_have_text("Asked 3")
    expect_accessible(page)


HARM = {
    "in the dark": "heading.style.color = 'light-dark(#111, #333)'",
    "in the light": "heading.style.color = 'light-dark(#eee, #eee)'",
    "as a picture without words": "heading.append(document.createElement('img'))",
    "too wide": "heading.style.width = '5000px'",
}


@pytest.mark.browser
@pytest.mark.parametrize("harm", HARM.values(), ids=HARM)
def test_it_finds_out_a_heading_that_not_everybody_can_read(showcase, expect_accessible, harm):
    page = showcase()
    page.evaluate(f"const heading = document.querySelector('h1'); {harm}")
    with pytest.raises(AssertionError):
        expect_accessible(page)


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW], ids=["wide", "narrow"])
def test_it_shows_a_drawer_that_escape_closes(showcase, expect_accessible, size):
    page = showcase("?lead=1", size=size)
    expect(page.locator("#lead-name")).to_be_focused()
    expect_accessible(page)
    page.keyboard.press("Escape")
    expect(page.locator(".drawer")).to_have_count(0)


@pytest.mark.browser
def test_it_loads_a_page_from_few_files(showcase):
    page = showcase()
    page.wait_for_load_state("networkidle")
    loaded = page.evaluate(
        "performance.getEntriesByType('resource')"
        ".filter(entry => entry.initiatorType != 'xmlhttprequest').map(entry => entry.name)"
    )
    # No page but this one has both copy.js and upload.js.
    files = [url for url in loaded if not url.endswith(("upload.js", "favicon.svg"))]
    assert 1 + len(files) <= 12, files


@pytest.mark.browser
def test_it_goes_on_polling_after_a_failure_and_says_so(showcase, complaints):
    page = showcase("?fail=1")
    expect(page.locator("#page-problem")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Asked 3")
    expect(page.locator("#page-problem")).to_be_hidden()
    complaints.clear()


@pytest.mark.browser
def test_it_shows_a_press_at_once_and_hears_it_once(showcase):
    page = showcase()
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else 0)
    page.fill("#id_name", "Q3")
    page.check("#id_kind_0")
    button = page.get_by_role("button", name="Save")
    busy = button.evaluate("button => (button.click(), button.click(), button.ariaBusy)")
    expect(page.get_by_text("Pressed once")).to_be_visible()
    assert (busy, len(sent)) == ("true", 1)


@pytest.mark.browser
def test_it_is_driven_by_keys(showcase):
    page = showcase()
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.wait_for_url("**/showcase/?page=older")
    page.keyboard.press("k")
    page.wait_for_url("**/showcase/?page=newer")


@pytest.mark.browser
def test_it_asks_before_what_cannot_be_undone(showcase):
    page = showcase()
    page.get_by_role("link", name="Delete list").click()
    expect(page.get_by_role("button", name="Keep")).to_be_focused()
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#sure")).to_be_hidden()


@pytest.mark.browser
def test_it_copies_the_cell_in_focus(showcase):
    page = showcase(permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("link", name="Ingrid Sørensen-Blåfjell 1", exact=True).focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    assert page.evaluate("navigator.clipboard.readText()") == "ingrid2@example.com"


@pytest.mark.browser
def test_it_uploads_the_chosen_file_and_names_it(showcase):
    page = showcase()
    page.set_input_files(
        "#id_file", {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a,b"}
    )
    expect(page.locator(".dropzone-file")).to_have_text("a.csv, 1 KB")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#received")).to_have_text("a.csv, 3")


@pytest.mark.browser
def test_it_refuses_a_file_too_large_before_sending_it(showcase):
    page = showcase()
    big = {"name": "big.csv", "mimeType": "text/csv", "buffer": b"x" * 2000}
    page.set_input_files("#id_file", big)
    expect(page.locator("[data-dropzone-error]")).to_contain_text("up to 1 KB")
    page.get_by_role("button", name="Upload").click()
    expect(page.locator("#received")).to_have_count(0)


@pytest.mark.browser
def test_it_moves_through_the_calls_by_arrows(showcase):
    page = showcase()
    page.locator("a.cell").first.focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("a.cell").nth(1)).to_be_focused()
