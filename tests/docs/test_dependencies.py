from __future__ import annotations

import re
import tomllib

from tests.docs.tables import ROOT, first_column, page

WHOLE = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT, PEERS = WHOLE["project"], WHOLE["dependency-groups"]["bench"]
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-bench.lock")
ADDRESS = re.compile(r"://|--(extra-)?index-url|--find-links")


def wanted() -> set[str]:
    extras = PROJECT["optional-dependencies"].values()
    return names([*PROJECT["dependencies"], *(line for extra in extras for line in extra)])


def names(lines) -> set[str]:
    return {re.split(r"[\[<>=~]", line)[0] for line in lines}


def test_it_gives_each_dependency_a_reason():
    cells = first_column(page("docs/dependencies.md"))
    named = {name.strip() for cell in cells for name in cell.split(",")} - {"package"}
    assert named == wanted() | names(PEERS)


def test_it_locks_every_dependency_with_a_hash():
    lock = page("requirements-dev.lock")
    for name in wanted():
        if name == "redis":
            continue
        assert re.search(rf"^{name}(\[.*\])?==.*\\\n\s+--hash=", lock, re.MULTILINE), name


def test_it_locks_what_the_portal_is_measured_beside_apart_from_all_else():
    peers, portal = page("requirements-bench.lock"), page("requirements-dev.lock")
    for name in names(PEERS):
        assert re.search(rf"^{name}==.*\\\n\s+--hash=", peers, re.MULTILINE), name
        assert not re.search(rf"^{name}==", portal, re.MULTILINE), name


def test_its_peers_run_on_the_django_of_the_portal():
    locked = [re.search(r"^django==\S+", page(name), re.MULTILINE)[0] for name in LOCKS]
    assert len(set(locked)) == 1


def test_its_lock_files_name_no_registry():
    for name in LOCKS:
        assert not ADDRESS.search(page(name))
