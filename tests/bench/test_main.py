from __future__ import annotations

import sys

import pytest

from bench import __main__ as bench
from bench.report import Figure


@pytest.fixture
def parts(monkeypatch):
    met, missed = Figure("a", [1.0], "ms", 2), Figure("b", [3.0], "ms", 2)
    monkeypatch.setattr(bench, "PARTS", {"good": lambda _: [met], "bad": lambda _: [missed]})
    monkeypatch.setattr(bench, "TABLES", {"table": lambda: sys.stdout.write("a table\n")})


@pytest.mark.parametrize(
    ("words", "status"),
    [(["bad"], 0), (["bad", "--strict"], 1), (["good", "--strict"], 0), (["--strict"], 1)],
)
def test_it_fails_for_a_missed_goal_only_where_that_is_asked(parts, words, status):
    assert bench.main(words) == status


def test_it_measures_every_part_where_none_is_named(parts, capsys):
    bench.main([])
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("good: measured", "bad: measured", "a table"))
    assert "1 of 2 goals met; missed: b" in printed


def test_it_measures_only_the_part_that_is_named(parts, capsys):
    bench.main(["table"])
    printed = capsys.readouterr().out
    assert "a table" in printed
    assert "measured in" not in printed


def test_it_refuses_a_part_there_is_not(parts, capsys):
    with pytest.raises(SystemExit):
        bench.main(["speed-of-light"])
    assert "no part is named speed-of-light" in capsys.readouterr().err
