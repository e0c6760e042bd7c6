from __future__ import annotations

import pytest

from connections.checks import check_connection


def found():
    return [message.id for message in check_connection(None)]


def test_it_finds_nothing_wrong_with_the_real_address(settings):
    settings.CLEANLIST_API_URL = "https://api.cleanlist.ai/api/v2"
    settings.CLEANLIST_API_KEY = "clapi_0123456789"
    assert found() == []


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("api.cleanlist.ai", "connections.E001"),
        ("ftp://api.cleanlist.ai/api/v2", "connections.E001"),
        ("file:///etc/passwd", "connections.E001"),
        ("https:///api/v2", "connections.E001"),
        ("https://[::1/api/v2", "connections.E001"),
        ("https://api.cleanlist.ai:port/api/v2", "connections.E001"),
        ("http://api.cleanlist.ai/api/v2", "connections.E002"),
        ("http://169.254.169.254/latest", "connections.E002"),
        ("https://api.cleanlist.ai", "connections.E003"),
        ("https://api.cleanlist.ai/", "connections.E003"),
        ("https://api.cleanlist.ai/api/v2?key=1", "connections.E004"),
        ("https://me:secret@api.cleanlist.ai/api/v2", "connections.E004"),
    ],
)
def test_it_refuses_a_wrong_address(settings, url, fault):
    settings.CLEANLIST_API_URL = url
    assert found() == [fault]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_it_allows_plain_http_on_this_machine(settings, host):
    settings.CLEANLIST_API_URL = f"http://{host}:8001/api/v1/public"
    assert found() == []


@pytest.mark.parametrize(
    ("key", "fault"),
    [
        ("clapi_with space", "connections.E005"),
        ("clapi_line\nbreak", "connections.E005"),
        ("clapi_ключ", "connections.E005"),
        ("clext_0123456789", "connections.W001"),
    ],
)
def test_it_refuses_a_key_that_can_be_none(settings, key, fault):
    settings.CLEANLIST_API_KEY = key
    assert found() == [fault]


@pytest.mark.parametrize(
    "name", ["RATE_PER_KEY", "RATE_PER_ORGANIZATION", "RATE_WINDOW_SECONDS"]
)
def test_it_refuses_limits_that_let_nothing_through(settings, name):
    setattr(settings, name, 0)
    assert found() == ["connections.E006"]


def test_it_shows_no_key_in_its_words(settings):
    settings.CLEANLIST_API_KEY = "clapi_secret secret"
    [message] = check_connection(None)
    assert "secret" not in f"{message}"
