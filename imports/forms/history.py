"""What the history may be narrowed to, in its address."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from django import forms
from django.http import QueryDict

from imports.services.history import Filters, lists_imported_into
from people.models import Person
from web.since import SINCE, since


class HistoryForm(forms.Form):
    """The query string of the history; a part that makes no sense narrows nothing."""

    show = forms.CharField(max_length=20, required=False, widget=forms.HiddenInput)
    by = forms.ModelChoiceField(
        Person.objects.filter(runs__isnull=False).distinct().order_by("username"),
        to_field_name="username",
        empty_label="anybody",
        required=False,
    )
    list = forms.ChoiceField(required=False)
    since = forms.ChoiceField(choices=[*SINCE.items()], required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)

    def __init__(self, query: QueryDict) -> None:
        super().__init__(query)
        choice = self.fields["list"]
        assert isinstance(choice, forms.ChoiceField)
        # Asked for when they are shown: a part of the page has no filter.
        choice.choices = lambda: [("", "any list"), *self._lists]

    @cached_property
    def _lists(self) -> Sequence[tuple[str, str]]:
        return lists_imported_into(self.data.get("list", "")[:100])

    @property
    def filters(self) -> Filters:
        self.is_valid()
        good = self.cleaned_data
        return Filters(
            kind=good.get("show", ""),
            by=good.get("by"),
            list_id=good.get("list", ""),
            since=since(good.get("since", "")),
            q=good.get("q", ""),
        )

    @property
    def page_number(self) -> int:
        self.is_valid()
        return self.cleaned_data.get("page") or 1
