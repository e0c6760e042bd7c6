"""The addresses around a table page: all that it shows is in its query string."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from lists.paging import Place, TablePage

# What a link to another page of the table never carries along.
FLEETING = ("lead", "refresh", "behind")
PLACE = ("cursor", "row", "skip")


@dataclass(frozen=True)
class SizeLink:
    label: str
    href: str
    current: bool


@dataclass(frozen=True)
class TableLinks:
    """For components/table_foot.html; an empty address means there is nothing there."""

    newer: str
    older: str
    refresh: str
    sizes: Sequence[SizeLink]


def address(request: HttpRequest, **changes: object) -> str:
    """This page's address with some parameters changed; None or "" takes one away."""
    query = request.GET.copy()
    for name in FLEETING:
        query.pop(name, None)
    for name, value in changes.items():
        if value in (None, ""):
            query.pop(name, None)
        else:
            query[name] = str(value)
    return f"{request.path}?{query.urlencode()}" if query else request.path


def address_of(request: HttpRequest, place: Place | None) -> str:
    if place is None:
        return ""
    is_first = place.position == 0
    return address(
        request,
        cursor=place.cursor,
        row=None if is_first else place.row,
        skip=place.skip if place.cursor and place.skip else None,
    )


def table_links(
    request: HttpRequest, page: TablePage[Any], sizes: Sequence[int]
) -> TableLinks:
    links = [_size_link(request, page.place, size) for size in sizes]
    is_one_page = page.total <= min(sizes)
    return TableLinks(
        newer=address_of(request, page.newer),
        older=address_of(request, page.older),
        refresh="" if page.is_local and not page.problem else address(request, refresh=1),
        sizes=[] if is_one_page else links,
    )


def _size_link(request: HttpRequest, place: Place, size: int) -> SizeLink:
    return SizeLink(str(size), address(request, size=size), size == place.size)
