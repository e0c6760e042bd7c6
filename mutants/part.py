"""`python -m mutants.part FOLDER PART PARTS all|list`: one of the processes that try them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mutants import choosing
from mutants.plugin import Trial

TESTS = (
    "tests/cleanlist_api",
    "tests/connections",
    "tests/enrichment",
    "tests/imports",
)


def main(folder: str, part: str, parts: str, which: str) -> int:
    mutants = choosing.every() if which == "all" else choosing.listed()
    trial = Trial(mutants, Path(folder), int(part), int(parts))
    quiet = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    return pytest.main([*quiet, "-m", "not crash and not browser", *TESTS], plugins=[trial])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
