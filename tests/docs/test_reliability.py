from __future__ import annotations

import re

from chaos.__main__ import PARTS
from chaos.tracing import KINDS
from tests.docs.tables import ROOT, code_words, first_column, page, section

TEXT = page("docs/reliability.md")
FAULTS = section(TEXT, "Faults")
TESTS = {word for word in code_words(FAULTS) if "::" in word}


def test_it_lists_every_fault_once():
    assert first_column(FAULTS)[1:] == [f"F{number:02}" for number in range(1, 50)]


def test_every_test_it_names_exists():
    missing = [name for name in TESTS if not is_there(*name.split("::"))]
    assert missing == []


def is_there(path, test):
    file = ROOT / path
    return file.is_file() and f"def {test}(" in file.read_text()


def test_every_fault_has_a_test_or_a_reason():
    rows = [line for line in FAULTS.splitlines() if line.startswith("| F")]
    bare = [row for row in rows if not re.search(r"::|`points`|Not here:", row)]
    assert bare == []


def test_it_names_every_part_and_every_system_call():
    how = section(TEXT, "How it is tried")
    assert set(PARTS) | set(KINDS) <= code_words(how)
