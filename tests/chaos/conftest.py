from __future__ import annotations

import pytest

from imports.services import answers


@pytest.fixture(autouse=True)
def _quick(settings, tmp_path, monkeypatch):
    """Uploads of its own; where the API says no time, the next try is at once."""
    settings.MEDIA_ROOT = str(tmp_path / "uploads")
    monkeypatch.setattr(answers, "LONGEST_WAIT", 0.01)
