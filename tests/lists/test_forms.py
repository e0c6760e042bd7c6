from __future__ import annotations

import pytest
from django.http import QueryDict

from lists.forms import LEAD_SIZES, ListForm, table_query
from lists.paging import Place


def place_of(query: str) -> Place:
    return table_query(QueryDict(query), LEAD_SIZES, default=100).place


@pytest.mark.parametrize(
    ("query", "place"),
    [
        ("", Place(size=100)),
        ("size=25", Place(size=25)),
        ("size=26", Place(size=100)),
        ("size=all", Place(size=100)),
        ("row=101", Place(position=100, skip=100, size=100)),
        ("row=101&skip=7", Place(position=100, skip=100, size=100)),
        ("row=0", Place(size=100)),
        ("row=-5", Place(size=100)),
        ("row=2.5", Place(size=100)),
        ("cursor=c&row=601&skip=100", Place("c", position=600, skip=100, size=100)),
        ("cursor=c&row=501", Place("c", position=500, skip=0, size=100)),
        ("cursor=c", Place("c", position=0, skip=0, size=100)),
        ("cursor=c&skip=900", Place("c", position=900, skip=900, size=100)),
        ("cursor=&row=26&size=25", Place(position=25, skip=25, size=25)),
    ],
)
def test_it_reads_a_place_from_a_query(query, place):
    assert place_of(query) == place


def test_it_reads_what_is_filtered_and_opened():
    query = table_query(QueryDict("q= acme &folder=f1&lead=l1&refresh=1"), (25,), default=25)

    assert (query.search, query.folder_id, query.lead_id) == ("acme", "f1", "l1")
    assert query.refresh


@pytest.mark.parametrize("refresh", ["", "0", "false"])
def test_it_refreshes_only_when_told(refresh):
    assert not table_query(QueryDict(f"refresh={refresh}"), (25,), default=25).refresh


def test_it_drops_what_no_address_of_ours_holds():
    query = table_query(QueryDict(f"q={'x' * 201}&lead={'y' * 201}"), (25,), default=25)

    assert (query.search, query.lead_id) == ("", "")


@pytest.mark.parametrize("length", [1, 200])
def test_it_takes_names_the_api_takes(length):
    assert ListForm({"name": "x" * length}).is_valid()
