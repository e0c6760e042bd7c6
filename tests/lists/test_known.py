from __future__ import annotations

import pytest

from cleanlist_api.records import ListPage, ListSummary
from lists import known
from lists.models import KnownList

pytestmark = pytest.mark.django_db


def test_it_keeps_a_list_once_that_a_page_names_twice():
    row = ListSummary("9c1f", "Old name", 3)
    again = ListSummary("9c1f", "New name", 4)
    page = ListPage((row, again), total=1, cursor=None)
    known.remember_page(page, cursor=None, folder_id="", by_person=True)
    assert KnownList.objects.get().name == "New name"
