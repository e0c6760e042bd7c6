"""Property tests on a shared machine: few examples, no deadline."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("few", deadline=None, max_examples=40)
settings.load_profile("few")
