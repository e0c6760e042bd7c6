"""A file, and the list its leads go to."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django import forms

from imports.services.targets import Target
from lists.models import KnownList


class TargetForm(forms.Form):
    """An existing list, or the name of one to be made."""

    list = forms.ChoiceField(label="List", required=False)
    new_list = forms.CharField(
        label="Name of the new list",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, lists: Iterable[KnownList], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = {known.pk: known.name for known in lists}
        self._choice.choices = [("", "A new list"), *self.names.items()]
        self._choice.error_messages["invalid_choice"] = (
            "That list is not there any more. Choose another one or name a new one."
        )

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if not good.get("list") and not good.get("new_list") and not self.errors:
            self.add_error("new_list", "Choose a list or name a new one.")
        return good

    @property
    def target(self) -> Target:
        """The chosen list; a new name that a list has already is that list."""
        chosen = self.cleaned_data["list"] or self._same_name()
        if chosen:
            return Target(self.names[chosen], chosen)
        return Target(self.cleaned_data["new_list"])

    @property
    def names_existing(self) -> bool:
        """The person named a "new" list that is there already."""
        return not self.cleaned_data["list"] and bool(self._same_name())

    @property
    def _choice(self) -> forms.ChoiceField:
        field = self.fields["list"]
        assert isinstance(field, forms.ChoiceField)
        return field

    def _same_name(self) -> str:
        wanted = self.cleaned_data["new_list"].casefold()
        same = (pk for pk, name in self.names.items() if name.casefold() == wanted)
        return next(same, "")


class UploadForm(TargetForm):
    """A file and where its leads go. `nonce`: one page, one import, however often sent."""

    nonce = forms.UUIDField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        error_messages={"required": "Choose a file."},
    )

    @property
    def form_nonce(self) -> str | None:
        nonce: uuid.UUID | None = self.cleaned_data["nonce"]
        return str(nonce) if nonce else None
