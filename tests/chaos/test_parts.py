"""How the parts of `make chaos` are run: beside each other, told of, judged together."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from chaos import parts
from chaos.parts import Part, next_to_start


def part(name="points", main=lambda *_: 0, **more):
    return Part(name, main, **more)


A, B, C = (part(name) for name in "abc")
TIMED = part("rate", is_timed=True)


@pytest.mark.parametrize(
    ("waiting", "running", "wanted"),
    [
        ([A, B], [], A),
        ([B, C], [A], B),
        ([C], [A, B], None),
        ([], [A], None),
        ([TIMED], [A], None),
        ([TIMED], [], TIMED),
        ([A], [TIMED], None),
    ],
)
def test_it_starts_as_many_as_asked_and_leaves_the_machine_to_what_is_timed(
    waiting, running, wanted
):
    assert next_to_start(waiting, running, jobs=2) is wanted


def test_two_parts_run_at_the_same_time(tmp_path):
    def meets(mine, other):
        def main(folder, progress):
            (tmp_path / mine).touch()
            end = time.monotonic() + 60
            while not (tmp_path / other).exists():
                if time.monotonic() > end:
                    return 1
                time.sleep(0.01)
            return 0

        return main

    assert parts.run([part("a", meets("1", "2")), part("b", meets("2", "1"))], jobs=2) == 0


def test_it_counts_what_its_parts_count(capfd):
    def main(folder, progress):
        progress.expect(3)
        progress.case(is_broken=False)
        progress.case(is_broken=True)
        progress.control(is_found_out=True)
        sys.stdout.write("as it was\n")
        return 1

    assert parts.run([part("points", main), part("order")], jobs=1) == 1
    said = capfd.readouterr().out
    assert "== points\nas it was\n" in said
    rows = {line.split()[0]: line.split()[1:] for line in said.splitlines() if line}
    assert rows["points"][:6] == ["2", "1", "1", "of", "1", "0"]
    assert rows["points"][-1] == "FAILED"
    assert rows["order"][:3] == ["0", "0", "–"]
    assert rows["all"][:5] == ["2", "1", "1", "of", "1"]


def _dies(*_):
    os.kill(os.getpid(), signal.SIGKILL)
    return 0


def _raises(*_):
    raise ValueError("what a part can't get over")


@pytest.mark.parametrize("main", [_dies, _raises])
def test_a_part_that_breaks_off_is_not_passed(main):
    assert parts.run([part("a", main), part("b")], jobs=2) == 1


def test_it_says_why_a_part_broke_off(capfd):
    parts.run([part("a", _raises)], jobs=1)
    assert "what a part can't get over" in capfd.readouterr().err


def test_only_what_is_timed_waits_for_a_disk(tmp_path):
    def noting(folder, progress):
        (tmp_path / "folder").write_text(str(folder))
        return 0

    def used(**more):
        assert parts.run([part(main=noting, **more)], jobs=1) == 0
        return Path((tmp_path / "folder").read_text())

    assert parts.MEMORY not in used(is_timed=True).parents
    assert (parts.MEMORY in used().parents) == parts._is_roomy(parts.MEMORY)


def test_a_line_tells_how_far_all_are(monkeypatch, capfd):
    monkeypatch.setattr(parts, "IN_A_LOG", 0.05)

    def main(folder, progress):
        progress.expect(7)
        progress.case(is_broken=False)
        time.sleep(0.5)
        return 0

    parts.run([part("points", main)], jobs=1)
    assert "0:00  points 1 of 7\n" in capfd.readouterr().err
