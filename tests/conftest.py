"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import stamina
from django.conf import settings
from django.db import connection
from django.test import override_settings

from imports.services import answers, setbacks

pytest_plugins = ["tests.cast", "tests.live_sandbox"]
# A portal of several machines needs the other database: `make test-postgres`.
collect_ignore = ["postgres"] if connection.vendor == "sqlite" else []


@pytest.fixture(scope="session", autouse=True)
def _static_files_as_they_are() -> Iterator[None]:
    """Straight from `static/`, without the manifest that collectstatic makes."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
    ):
        yield


@pytest.fixture(autouse=True)
def _tries_at_once(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A call is tried again as often as ever, but without a pause where the API names none.
    The pauses are tested in tests/cleanlist_api/test_transport.py and test_answers.py."""
    monkeypatch.setattr(answers, "LONGEST_WAIT", 0.01)
    monkeypatch.setattr(setbacks, "LONGEST_WAIT", 0.01)
    with stamina.set_testing(True, attempts=100):
        yield
