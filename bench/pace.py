"""How long an import takes beside the least it could: its calls at 30 a minute.

The crew is that of `python -m chaos rate`, which tries more of it, with people browsing.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import world
from bench.report import Figure

CALLS = 60
GOAL = 1.05


def figures(_: Path) -> Iterator[Figure]:
    command = [sys.executable, "-m", "bench.pace"]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    over = json.loads(done.stdout.splitlines()[-1])
    yield Figure(f"import of {CALLS} calls, time over the least", [over], "x", GOAL)


def _alone() -> None:
    from chaos import rate
    from chaos.outcome import Trial

    with world.folder() as folder:
        print(json.dumps(rate.alone(Trial("bench", CALLS), folder).over_floor))


if __name__ == "__main__":
    _alone()
