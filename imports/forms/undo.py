"""What of an undo is looked at, and what a person agrees to."""

from __future__ import annotations

from django import forms

from imports.models import KeepReason


class UndoForm(forms.Form):
    """The query string of the undo page: of which call, and which leads to show."""

    chunk = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    show = forms.ChoiceField(choices=[("out", "out"), *KeepReason.choices], required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)


class ConfirmUndoForm(forms.Form):
    """What a person agreed to: which look, and how many leads it would take out."""

    read_back = forms.IntegerField(min_value=1)
    leads = forms.IntegerField(min_value=1)
