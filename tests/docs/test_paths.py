"""Every path a page names is there."""

from __future__ import annotations

import re

import pytest

from tests.docs.tables import ROOT

PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in [*ROOT.glob("docs/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"]
)
ROOMS = {path.name for path in ROOT.iterdir() if path.is_dir() and path.name != "var"}
MADE_WHEN_NEEDED = {".tools/bench"}
NAMED = re.compile(r"[`(]((?:[\w.-]+/)+[\w.-]*)(?:::\w+)?[`)#]")


def missing(text: str) -> list[str]:
    """Paths of ours in backquotes or links that lead nowhere; a page may leave out `docs/`."""
    named = {path for path in NAMED.findall(text) if path.split("/")[0] in ROOMS}
    named -= MADE_WHEN_NEEDED
    return sorted(path for path in named if not (ROOT / path).exists())


@pytest.mark.parametrize("document", PAGES)
def test_it_names_no_path_that_is_not_there(document):
    assert missing((ROOT / document).read_text()) == []


@pytest.mark.parametrize("text", ["`cleanlist_api/recs.py`", "[here](docs/gone.md)"])
def test_it_sees_a_path_that_leads_nowhere(text):
    assert len(missing(text)) == 1
