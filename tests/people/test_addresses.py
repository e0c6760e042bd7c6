from __future__ import annotations

import pytest
from django.test import RequestFactory

from people.addresses import client_address


def asked(settings, hops: int, told: str | None, connection="10.0.0.1"):
    settings.PROXY_HOPS = hops
    headers = {} if told is None else {"X-Forwarded-For": told}
    request = RequestFactory().get("/", REMOTE_ADDR=connection, headers=headers)
    return client_address(request)


@pytest.mark.parametrize(
    "hops, told, address",
    [
        (0, None, "10.0.0.1"),
        (0, "192.0.2.7", "10.0.0.1"),
        (1, "192.0.2.7", "192.0.2.7"),
        (1, "6.6.6.6, 192.0.2.7", "192.0.2.7"),
        (2, "6.6.6.6, 192.0.2.7, 10.0.0.2", "192.0.2.7"),
        (2, "192.0.2.7", "10.0.0.1"),
        (1, None, "10.0.0.1"),
        (1, "unknown", None),
        (1, "", "10.0.0.1"),
    ],
)
def test_it_believes_as_many_proxies_as_there_are(settings, hops, told, address):
    assert asked(settings, hops, told) == address


@pytest.mark.parametrize(
    "told, address",
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("[2001:db8:1:2::9]:4711", "2001:db8:1:2::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("192.0.2.7:4711", "192.0.2.7"),
    ],
)
def test_it_takes_a_household_for_one(settings, told, address):
    assert asked(settings, 1, told) == address
