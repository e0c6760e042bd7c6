from __future__ import annotations

import itertools

import pytest

numbers = itertools.count()


@pytest.fixture(scope="session")
def media_roots(tmp_path_factory):
    return tmp_path_factory.mktemp("media")


@pytest.fixture(autouse=True)
def media_root(settings, media_roots):
    """An address of its own; the folder is made by the first upload."""
    settings.MEDIA_ROOT = str(media_roots / f"{next(numbers)}" / "uploads")
    return settings.MEDIA_ROOT
