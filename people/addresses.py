"""Where a request comes from, as far as that can be believed."""

from __future__ import annotations

import ipaddress

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The address of whoever asks, None where it is no address; for IPv6 their network of 64
    bits, which one household has to itself.

    Each proxy adds the address it was asked from to the end of X-Forwarded-For. What stands
    before the last PROXY_HOPS of them anybody may have written; without so many, nobody but
    the connection itself is believed.
    """
    hops: int = settings.PROXY_HOPS
    header = request.META.get("HTTP_X_FORWARDED_FOR", "")
    told = header.split(",") if header else []
    is_told = 0 < hops <= len(told)
    address = told[-hops] if is_told else request.META.get("REMOTE_ADDR", "")
    return _network(address.strip())


def _network(text: str) -> str | None:
    bare = text[1:].partition("]")[0] if text.startswith("[") else text
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ipaddress.ip_address(bare)
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False).network_address)
