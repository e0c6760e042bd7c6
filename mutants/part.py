"""`python -m mutants.part FOLDER PART PARTS`: one of the processes that try the mutants
named in `FOLDER/wanted.txt`, with what an earlier run has seen in `FOLDER/before.json`."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from mutants import choosing
from mutants.plugin import Trial
from mutants.seen import Seen

TESTS = (
    "tests/cleanlist_api",
    "tests/connections",
    "tests/enrichment",
    "tests/imports",
)


def main(folder: str, part: str, parts: str) -> int:
    before = Seen.from_json((Path(folder) / "before.json").read_text())
    wanted = choosing.named((Path(folder) / "wanted.txt").read_text().splitlines())
    trial = Trial(
        wanted,
        Path(folder),
        int(part),
        int(parts),
        before,
        choosing.places(),
        choosing.equivalent(),
    )
    quiet = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    return pytest.main([*quiet, "-m", "not crash and not browser", *TESTS], plugins=[trial])


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
