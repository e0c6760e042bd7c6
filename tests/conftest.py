"""Fixtures every test may use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

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
