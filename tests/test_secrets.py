"""The API key is in no page, no log, no row and no cached value."""

from __future__ import annotations

import logging

import pytest
from django.db import connection

from tests.imports.files import csv_of, started, worked

KEY = "clapi_sandbox_owner"
PAGES = ["/lists/", "/imports/", "/imports/new", "/credits/", "/settings/", "/people/audit"]

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path / "uploads")


@pytest.mark.parametrize("path", PAGES)
def test_it_shows_the_key_on_no_page(sandbox, ada_client, path):
    assert KEY not in ada_client.get(path).content.decode()


def test_it_shows_the_key_in_no_failure(sandbox, ada_client):
    sandbox.fault("unauthorized", path="lead-lists", times=5)
    assert KEY not in ada_client.get("/lists/").content.decode()


def test_it_logs_the_key_nowhere(sandbox, ada_client, ada, tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    sandbox.fault("server_error", path="csv-import")
    worked(started(ada, tmp_path, csv_of(3)))
    ada_client.get("/settings/")
    assert KEY not in caplog.text


def test_it_stores_the_key_nowhere(sandbox, ada, tmp_path):
    worked(started(ada, tmp_path, csv_of(3)))
    stored = everything_stored()
    assert "started an import" in stored
    assert KEY not in stored


def everything_stored() -> str:
    """Every row of every table."""
    rows = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            rows += cursor.fetchall()
    return repr(rows)
