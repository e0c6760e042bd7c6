"""Tests that try a sample of all that could be tried say at the run's end how it was drawn.

def test_it_survives_kills(record_sample):
    record_sample("12 kills at moments drawn with seed 41")
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from _pytest.terminal import TerminalReporter

NAME = "sample"


@pytest.fixture
def record_sample(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Say how many of how many were tried, and how they were drawn."""
    return lambda words: record_property(NAME, words)


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    reports = [report for each in terminalreporter.stats.values() for report in each]
    told = [
        words
        for report in reports
        for name, words in getattr(report, "user_properties", [])
        if name == NAME
    ]
    if told:
        terminalreporter.section("samples")
        for words in dict.fromkeys(told):
            terminalreporter.write_line(words)
