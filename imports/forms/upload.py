"""A file, and the list its leads go to."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.utils.functional import cached_property

from imports.services.targets import Target
from lists import choosing
from lists.models import KnownList


class TargetForm(forms.Form):
    """An existing list, or the name of one to be made. `offered`: a list the portal may not
    have met yet, which the page itself offers."""

    list = forms.CharField(label="List", max_length=100, required=False)
    new_list = forms.CharField(
        label="Name of the new list",
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, *args: Any, offered: KnownList | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._offered = offered

    @cached_property
    def chosen(self) -> KnownList | None:
        """The list that is ticked now, sent or not."""
        list_id = str(self["list"].value() or "")[:100]
        if self._offered and self._offered.pk == list_id:
            return self._offered
        return choosing.list_known_as(list_id)

    def clean_list(self) -> str:
        list_id = str(self.cleaned_data["list"])
        if list_id and self.chosen is None:
            raise forms.ValidationError(
                "That list is not there any more. Choose another one or name a new one."
            )
        return list_id

    def clean(self) -> dict[str, Any]:
        good = super().clean() or self.cleaned_data
        if not good.get("list") and not good.get("new_list") and not self.errors:
            self.add_error("new_list", "Choose a list or name a new one.")
        return good

    @property
    def target(self) -> Target:
        """The chosen list; a new name that a list has already is that list."""
        there = self.chosen or self._same_name
        if there:
            return Target(there.name, there.pk)
        return Target(self.cleaned_data["new_list"])

    @property
    def names_existing(self) -> bool:
        """The person named a "new" list that is there already."""
        return self.chosen is None and self._same_name is not None

    @cached_property
    def _same_name(self) -> KnownList | None:
        return choosing.list_named(self.cleaned_data["new_list"])


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
