"""What the history may be narrowed to, in its address."""

from __future__ import annotations

from functools import cached_property

from django import forms
from django.http import QueryDict

from imports.services.history import Filters, Menus, menus
from web.since import SINCE, since


class HistoryForm(forms.Form):
    """The query string of the history; a part that makes no sense narrows nothing."""

    show = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    by = forms.ChoiceField(required=False)
    list = forms.ChoiceField(required=False)
    since = forms.ChoiceField(choices=[*SINCE.items()], required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        # Asked for when they are shown: a part of the page has no filter.
        self._choice("by").choices = lambda: [
            ("", "anybody"),
            *((name, name) for name in self._menus.people),
        ]
        self._choice("list").choices = lambda: [("", "any list"), *self._menus.lists]

    def _choice(self, name: str) -> forms.ChoiceField:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        return field

    @cached_property
    def _menus(self) -> Menus:
        return menus(self.data.get("list", "")[:100])

    @property
    def filters(self) -> Filters:
        self.is_valid()
        good = self.cleaned_data
        return Filters(
            kind=good.get("show", ""),
            by=good.get("by", ""),
            list_id=good.get("list", ""),
            since=since(good.get("since", "")),
            q=good.get("q", ""),
        )

    @property
    def page_number(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("page") or 1
