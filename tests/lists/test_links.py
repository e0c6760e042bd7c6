from __future__ import annotations

import pytest
from django.test import RequestFactory

from lists.links import address, table_links
from lists.paging import Place, TablePage


def request(query: str):
    return RequestFactory().get(f"/lists/?{query}")


def page(place: Place, total: int = 312, **more: object) -> TablePage[int]:
    return TablePage(rows=(1,), place=place, total=total, **more)


def test_it_keeps_the_other_parameters():
    assert address(request("q=a%20b&size=25"), row=26) == "/lists/?q=a+b&size=25&row=26"


def test_it_takes_a_parameter_away():
    assert address(request("q=a"), q=None) == "/lists/"


def test_it_never_carries_a_lead_or_a_refresh_along():
    assert address(request("lead=l1&refresh=1&size=25")) == "/lists/?size=25"


@pytest.mark.parametrize(
    ("place", "link"),
    [
        (Place(None, 50, 50, 50), "/lists/?row=51"),
        (Place("c/+", 100, 0, 50), "/lists/?row=101&cursor=c%2F%2B"),
        (Place("c", 150, 50, 50), "/lists/?row=151&cursor=c&skip=50"),
        (Place(None, 0, 0, 50), "/lists/"),
    ],
)
def test_it_writes_a_place_into_a_link(place, link):
    older = table_links(request("row=1"), page(Place(), older=place), (50,)).older

    assert sorted(older.replace("?", "&").split("&")) == sorted(
        link.replace("?", "&").split("&")
    )


def test_it_offers_sizes_only_where_they_differ():
    assert not table_links(request(""), page(Place(), total=20), (25, 50)).sizes
    assert len(table_links(request(""), page(Place(), total=26), (25, 50)).sizes) == 2


def test_it_marks_the_size_of_the_page():
    sizes = table_links(request(""), page(Place(size=50)), (25, 50, 100)).sizes

    assert [size.label for size in sizes if size.current] == ["50"]


def test_it_offers_no_refresh_of_our_own_records():
    assert not table_links(request(""), page(Place(), is_local=True), (50,)).refresh
