"""What query strings and forms of lists may hold. A query that makes no sense is read as if
it were not there."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from lists.paging import Place

LIST_SIZES = (25, 50, 100)
LEAD_SIZES = (25, 100, 500)
FURTHEST_ROW = 100_000_000


class TableForm(forms.Form):
    """The query string of a table: where it stands, and what is filtered or opened."""

    cursor = forms.CharField(required=False, max_length=2000)
    row = forms.IntegerField(required=False, min_value=1, max_value=FURTHEST_ROW)
    skip = forms.IntegerField(required=False, min_value=0, max_value=FURTHEST_ROW)
    size = forms.IntegerField(required=False)
    refresh = forms.IntegerField(required=False, min_value=1, max_value=1)
    # Asked by the page itself, behind what it shows already.
    behind = forms.IntegerField(required=False, min_value=1, max_value=1)
    q = forms.CharField(required=False, max_length=200)
    folder = forms.CharField(required=False, max_length=100)
    lead = forms.CharField(required=False, max_length=200)


@dataclass(frozen=True)
class TableQuery:
    """A table's query string, made sense of."""

    place: Place
    refresh: bool
    behind: bool
    search: str
    folder_id: str
    lead_id: str


def table_query(query: QueryDict, sizes: tuple[int, ...], default: int) -> TableQuery:
    """Read a table's query string; what is missing or makes no sense takes its default."""
    form = TableForm(query)
    form.is_valid()
    good = form.cleaned_data
    asked: int = good.get("size") or default
    size = asked if asked in sizes else default
    return TableQuery(
        place=_place(good.get("cursor") or None, good.get("row"), good.get("skip"), size),
        refresh=bool(good.get("refresh")),
        behind=bool(good.get("behind")),
        search=good.get("q", ""),
        folder_id=good.get("folder", ""),
        lead_id=good.get("lead", ""),
    )


def _place(cursor: str | None, row: int | None, skip: int | None, size: int) -> Place:
    position = (row or 1) - 1
    if cursor is None:
        return Place(None, position, skip=position, size=size)
    return Place(cursor, max(position, skip or 0), skip=skip or 0, size=size)


class SharesForm(forms.Form):
    """Which shares a page lacks, and how often it has asked."""

    n = forms.IntegerField(required=False, min_value=0, max_value=1000)


class ListForm(forms.Form):
    """Name and description of a list, within the API's bounds."""

    name = forms.CharField(
        min_length=1,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True}),
        error_messages={"required": "Give the list a name."},
    )
    description = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
