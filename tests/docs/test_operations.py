"""docs/operations.md names the settings and commands that there are, no more and no less."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.core.management import get_commands

ROOT = Path(__file__).resolve().parent.parent.parent
DOC = (ROOT / "docs" / "operations.md").read_text()
OURS = {"cleanlist_portal", "people", "jobs", "imports", "lists", "enrichment", "connections"}


def section(title: str) -> str:
    return re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", DOC, re.M | re.S)[1]


def settings_read() -> dict[str, object]:
    """Name and literal default (else None) of everything settings.py asks the environment."""
    tree = ast.parse((ROOT / "cleanlist_portal" / "settings.py").read_text())
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return {call.args[0].value: default_of(call) for call in calls if reads_environment(call)}


def reads_environment(call: ast.Call) -> bool:
    owner = getattr(call.func, "value", None)
    return isinstance(owner, ast.Name) and owner.id == "env"


def default_of(call: ast.Call) -> object:
    [default] = [word.value for word in call.keywords if word.arg == "default"]
    return default.value if isinstance(default, ast.Constant) else None


SETTINGS = settings_read()
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*?) ?\|", section("Settings"), re.M))
WITH_DEFAULT = [name for name, default in SETTINGS.items() if default not in {None, ""}]


def test_it_names_every_setting():
    assert set(ROWS) == set(SETTINGS)


@pytest.mark.parametrize("name", WITH_DEFAULT)
def test_it_gives_the_default_of_a_setting(name):
    default = SETTINGS[name]
    shown = f"{default:g}" if isinstance(default, float) else str(default)
    assert ROWS[name].strip("`") == (shown.lower() if isinstance(default, bool) else shown)


def test_it_names_every_command_of_ours():
    named = set(re.findall(r"^\| `manage.py (\w+)", section("Commands"), re.M))
    ours = {name for name, app in get_commands().items() if str(app) in OURS}
    assert named - set(get_commands()) == set()
    assert ours - named == set()


def test_it_names_every_target_of_the_makefile():
    named = set(re.findall(r"^\| `make ([\w-]+)`", section("Commands"), re.M))
    makefile = (ROOT / "Makefile").read_text()
    assert named == set(re.findall(r"^([a-z-]+):.*## ", makefile, re.M)) - {"help"}


def test_the_example_file_names_only_settings_that_there_are():
    example = (ROOT / ".env.example").read_text()
    assert set(re.findall(r"^#?([A-Z_]+)=", example, re.M)) <= set(SETTINGS)
