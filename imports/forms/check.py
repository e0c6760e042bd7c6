"""What of a checked file is looked at, and what a person agrees to before the start."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from enrichment.models import EnrichmentType
from imports.models import Again


class CheckForm(forms.Form):
    """The query string of the check page."""

    reason = forms.RegexField(r"^[a-z_]{1,30}$", required=False)
    q = forms.CharField(max_length=200, required=False)
    page = forms.IntegerField(min_value=1, max_value=10_000_000, required=False)
    enrich = forms.ChoiceField(choices=EnrichmentType.choices, required=False)
    canary = forms.BooleanField(required=False)
    # Sent as off by a hidden field before the box, so that "not ticked" is told from "not
    # asked yet".
    only_missing = forms.ChoiceField(choices=[("on", "on"), ("off", "off")], required=False)


@dataclass(frozen=True)
class CheckQuery:
    reason: str
    q: str
    page: int
    enrich: EnrichmentType
    canary: bool
    only_missing: bool = True


def check_query(query: QueryDict) -> CheckQuery:
    form = CheckForm(query)
    form.is_valid()
    good = form.cleaned_data
    return CheckQuery(
        reason=good.get("reason", ""),
        q=good.get("q", ""),
        page=good.get("page") or 1,
        enrich=EnrichmentType(good.get("enrich") or EnrichmentType.OFF),
        canary=good.get("canary", False),
        only_missing=good.get("only_missing", "") != "off",
    )


class AgainForm(forms.Form):
    """Which rows go although an earlier import has brought them."""

    again = forms.ChoiceField(choices=Again.choices, required=False)


class StartForm(forms.Form):
    """What a person agreed to when pressing the button."""

    enrich = forms.ChoiceField(choices=EnrichmentType.choices)
    credits_most = forms.IntegerField(min_value=0)
    canary = forms.BooleanField(required=False)
    again = forms.BooleanField(required=False)
    undoable = forms.BooleanField(required=False)
    only_missing = forms.BooleanField(required=False)
