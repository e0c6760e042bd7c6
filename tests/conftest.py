"""Fixtures every test may use."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest
import stamina
from django.conf import settings
from django.contrib.contenttypes.management import create_contenttypes
from django.db import connection
from django.db.models.signals import post_migrate
from django.test import override_settings

from connections import services as connections
from imports.services import beside, forecast, pausing, setbacks
from imports.views.watched import crowd, parts
from tests import template_database

pytest_plugins = ["tests.cast", "tests.live_sandbox", "tests.samples"]
# A portal of several machines needs the other database: `make test-postgres`.
collect_ignore = ["postgres"] if connection.vendor == "sqlite" else []

# Property tests on a shared machine: few examples, and no clock decides.
hypothesis.settings.register_profile(
    "few",
    deadline=None,
    max_examples=40,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("few")


# The processes that tests start by the hundred find what is compiled, also where this one may
# leave nothing beside the sources.
if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):
    os.environ["PYTHONPYCACHEPREFIX"] = str(Path(settings.VAR_DIR) / "compiled")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Files go to the processes of a run in this order: what takes minutes first, so that
    nobody waits for it in the end; then, as ever, those with the most tests."""
    if not hasattr(config, "workerinput"):
        return
    tests = Counter(item.path for item in items)
    long = {item.path for item in items if item.get_closest_marker("long")}
    items.sort(key=lambda item: (item.path not in long, -tests[item.path]))


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the garbage collector need not look again."""
    gc.freeze()


@pytest.fixture(scope="session", autouse=True)
def _plain_settings() -> Iterator[None]:
    """Static files straight from `static/`, without the manifest that collectstatic makes;
    and passwords that cost next to nothing."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES={**settings.STORAGES, "staticfiles": plain},
        WHITENOISE_AUTOREFRESH=True,
        WHITENOISE_USE_FINDERS=True,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Only a power cut could tell: nothing a test commits is waited for."""
    if connection.vendor == "sqlite":
        connection.settings_dict["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool, django_db_modify_db_settings: None) -> bool:
    """A database that was migrated by an earlier run is migrated already."""
    return template_database.lay_down() or django_db_keepdb


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    """Nobody asks for Django's own permissions: no flush has to make them anew."""
    template_database.keep()
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.disconnect(create_contenttypes)


@pytest.fixture(scope="session", autouse=True)
def _tries_at_once() -> Iterator[None]:
    """A call is tried again as often as ever, but without a pause where the API names none.
    The pauses are tested in tests/cleanlist_api/test_transport.py and test_pausing.py."""
    with pytest.MonkeyPatch.context() as patch, stamina.set_testing(True, attempts=100):
        patch.setattr(pausing, "LONGEST_WAIT", 0.01)
        patch.setattr(setbacks, "LONGEST_WAIT", 0.01)
        yield


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a web process remembers for a moment is of another test's database."""
    beside.forget()
    forecast.lately.forget()
    connections._told.clear()
    crowd.clear()
    parts.clear()
