"""Fixtures every test may use."""

from __future__ import annotations

pytest_plugins = ["tests.cast", "tests.live_sandbox"]
