from __future__ import annotations

import re
import tomllib

from tests.docs.tables import ROOT, first_column, page

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links")


def wanted() -> set[str]:
    extras = PROJECT["optional-dependencies"].values()
    lines = [*PROJECT["dependencies"], *(line for extra in extras for line in extra)]
    return {re.split(r"[\[<>=~]", line)[0] for line in lines}


def test_it_gives_each_dependency_a_reason():
    cells = first_column(page("docs/dependencies.md"))
    named = {name.strip() for cell in cells for name in cell.split(",")} - {"package"}
    assert named == wanted()


def test_it_locks_every_dependency_with_a_hash():
    lock = page("requirements-dev.lock")
    for name in wanted():
        if name == "redis":
            continue
        assert re.search(rf"^{name}(\[.*\])?==.*\\\n\s+--hash=", lock, re.MULTILINE), name


def test_its_lock_files_name_no_registry():
    for name in ("requirements.lock", "requirements-dev.lock"):
        assert not ADDRESS.search(page(name))
