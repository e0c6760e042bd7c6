from __future__ import annotations

import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

from cleanlist_portal import bundles
from cleanlist_portal.bundles import BUNDLES, SOURCES, BundleFinder, parts_of


@pytest.fixture
def finder(tmp_path, settings) -> BundleFinder:
    settings.VAR_DIR = tmp_path
    return BundleFinder()


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_holds_its_parts_in_order(finder, name):
    text = Path(finder.find(name)).read_text()

    places = [text.index(part.read_text()) for part in parts_of(name)]
    assert places == sorted(places)


def test_every_style_sheet_is_in_the_bundle():
    assert set(parts_of("portal.css")) == set((SOURCES / "css").glob("*.css"))


def test_what_names_the_layers_comes_first():
    assert (
        "@layer tokens, base, layout, components, pages;"
        in parts_of("portal.css")[0].read_text()
    )


def test_it_is_written_anew_when_a_part_is_newer(finder, monkeypatch, tmp_path):
    (tmp_path / "css").mkdir()
    for part in BUNDLES["portal.css"]:
        (tmp_path / "css" / f"{part}.css").write_text("a{}")
    monkeypatch.setattr(bundles, "SOURCES", tmp_path)
    bundle = finder.find("portal.css")
    changed = tmp_path / "css" / "base.css"
    changed.write_text("b{}")
    later = os.stat(bundle).st_mtime + 5
    os.utime(changed, (later, later))

    assert "b{}" in Path(finder.find("portal.css")).read_text()


def test_it_finds_nothing_else(finder):
    assert finder.find("css/base.css") == []


def test_collectstatic_finds_the_bundles_among_all_others():
    names = {name for finder in finders.get_finders() for name, _ in finder.list([])}
    assert set(BUNDLES) <= names


def test_a_page_loads_one_style_sheet_and_two_scripts(bob_client):
    page = bob_client.get("/people/me").content.decode()

    assert re.findall(r'rel="stylesheet" href="([^"]+)"', page) == ["/static/portal.css"]
    assert len(re.findall(r"<script src=", page)) == 2


def test_bundles_written_at_once_do_not_mix(finder):
    for _ in range(20):
        for written in finder.folder.glob("*"):
            written.unlink()
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(finder.find, [*BUNDLES] * 4))
        for name in BUNDLES:
            expected = "\n".join(part.read_text() for part in parts_of(name))
            assert (finder.folder / name).read_text() == expected
        assert len(list(finder.folder.glob("*"))) == len(BUNDLES)
