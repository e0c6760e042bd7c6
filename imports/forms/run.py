"""What of a run is looked at, and a verdict on one of its calls."""

from __future__ import annotations

from typing import Any

from django import forms


class RunForm(forms.Form):
    """The query string of the run page.

    Of the page that asks again: `was`, what it showed last (see `run.mark`), `v`, the version
    of that, and `n`, how many calls its grid has.
    """

    chunk = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    was = forms.CharField(max_length=60, required=False)
    v = forms.RegexField(r"^\d+\.\d+\.[ov]$", max_length=60, required=False)
    n = forms.IntegerField(min_value=0, max_value=10_000_000, required=False)
    ask = forms.ChoiceField(choices=[("cancel", "cancel")], required=False)


class DecideForm(forms.Form):
    """One of the two: the number of a call whose rows are in the list, or go again."""

    went_in = forms.IntegerField(min_value=1, required=False)
    again = forms.IntegerField(min_value=1, required=False)

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if bool(good.get("went_in")) == bool(good.get("again")):
            raise forms.ValidationError("Say of one batch whether its rows went in.")
        return good

    @property
    def verdict(self) -> tuple[int, bool]:
        """The call's number, and whether its rows are in the list."""
        went_in = self.cleaned_data["went_in"]
        return went_in or self.cleaned_data["again"], bool(went_in)


def asked(form: forms.Form) -> dict[str, Any]:
    """The parts of a query string that make sense, others left out."""
    form.is_valid()
    return form.cleaned_data
