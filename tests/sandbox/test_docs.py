"""docs/sandbox.md is compared with the code it describes."""

from __future__ import annotations

import re

import pytest

from tests.live_sandbox import ROOT

DOC = (ROOT / "docs/sandbox.md").read_text()
SOURCES = {path: path.read_text() for path in (ROOT / "sandbox").rglob("*.py")}


@pytest.fixture
def control(sandbox):
    return sandbox.get("/openapi.json")


def test_it_names_every_control_endpoint(control):
    for path, operations in control["paths"].items():
        for method in operations:
            assert f"`{method.upper()} {path}" in DOC


def test_it_names_every_kind_of_fault(control):
    kinds = [
        kind
        for choice in control["components"]["schemas"]["Fault"]["properties"]["kind"]["anyOf"]
        for kind in choice["enum"]
    ]
    assert [kind for kind in kinds if f"`{kind}`" not in DOC] == []


def test_it_names_every_switch(control):
    switches = control["components"]["schemas"]["Settings"]["properties"]
    assert [name for name in switches if f"`{name}`" not in DOC] == []


def test_it_names_every_kind_of_ledger_entry():
    code = "".join(SOURCES.values())
    kinds = set(re.findall(r'"((?:row|credits|workflow|lead|list)_[a-z]+ed)"', code))
    known = {kind for kind in kinds if f"`{kind}`" in DOC}
    assert {"row_imported", "credits_charged", "list_deleted"} <= known


def test_it_names_every_key():
    keys = re.findall(r'"(clapi_sandbox_\w+)"', SOURCES[ROOT / "sandbox/auth.py"])
    assert len(keys) == 5
    assert [key for key in keys if f"`{key}`" not in DOC] == []


def test_it_names_every_option():
    options = re.findall(r'"(--\w+)"', SOURCES[ROOT / "sandbox/__main__.py"])
    assert [option for option in options if option not in DOC] == []


def test_it_names_every_error_code_of_its_own():
    codes = set(re.findall(r'code="(\w+)"', "".join(SOURCES.values())))
    documented = {"spend_cap_exceeded", "missing_column", "validation_error"}
    assert [code for code in codes - documented if f"`{code}`" not in DOC] == []


def test_it_keeps_its_modules_small():
    assert [path for path, text in SOURCES.items() if text.count("\n") > 300] == []
