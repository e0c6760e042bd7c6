from __future__ import annotations

import tomllib

from tests.docs.tables import ROOT, first_column, page, section

TEXT = page("docs/architecture.md")


def rooms() -> set[str]:
    cells = first_column(section(TEXT, "The rooms"))
    return {cell.strip("/") for cell in cells} - {"folder"}


def test_it_names_every_room():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    assert rooms() - {"imports/core"} == set(contracts["root_packages"])


def test_each_room_it_names_is_there():
    assert all((ROOT / room).is_dir() for room in rooms())
