"""One page with every component, and the few answers its live parts ask for."""

from __future__ import annotations

import time
from datetime import timedelta
from itertools import accumulate
from pathlib import Path

from django import forms
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.utils import timezone

from people.access import open_to_all

HERE = Path(__file__).parent
CELLS = ["waiting", "in-flight", "done", "with-skips", "failed", "unknown", "not-sent"]


class ListForm(forms.Form):
    name = forms.CharField(help_text="1 to 200 characters")
    folder = forms.ChoiceField(choices=[("", "None"), ("q3", "Outbound / Q3")], required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(choices=[("a", "One"), ("b", "Two")], widget=forms.RadioSelect)


def segments(**values: int) -> list[dict[str, object]]:
    tones = {"imported": "good", "skipped": "warn", "failed": "bad", "to_go": "none"}
    whole = sum(values.values())
    starts = accumulate(values.values(), initial=0)
    return [
        {
            "label": label.replace("_", " "),
            "value": value,
            "tone": tones[label],
            "share_x": 100 * start / whole,
            "share_width": 100 * value / whole,
            "href": f"?reason={label}" if label != "to_go" else "",
        }
        for (label, value), start in zip(values.items(), starts, strict=False)
    ]


def context() -> dict[str, object]:
    now = timezone.now()
    return {
        "form": ListForm({"name": ""}),
        "now": now,
        "earlier": now - timedelta(seconds=90),
        "segments": segments(imported=57912, skipped=4120, failed=600, to_go=37368),
        "cells": CELLS,
        "looks": [(look, look.replace("-", " ")) for look in CELLS],
        "steps": [
            {"label": "Upload", "state": "done", "href": "#upload"},
            {"label": "Map", "state": "current", "href": "#map"},
            {"label": "Check", "state": "todo", "href": ""},
        ],
        "summary": [
            [{"label": "File", "value": "apollo-export.csv"}],
            [
                {
                    "label": "Finish",
                    "value": "14:32",
                    "badge": "as forecast",
                    "badge_tone": "good",
                }
            ],
        ],
        "options": [
            {"value": "off", "label": "Off", "hint": "import only, free", "checked": True},
            {"value": "full", "label": "Full", "hint": "e-mail and phone, 11 credits"},
        ],
        "sizes": [{"label": "25", "current": True}, {"label": "100", "href": "?size=100"}],
        "rows": range(1, 31),
        "tones": ["good", "warn", "bad", "accent", ""],
    }


@open_to_all
def parts(request: HttpRequest) -> HttpResponse:
    page = engines["django"].from_string((HERE / "parts.html").read_text())
    return HttpResponse(page.render(context() | request.GET.dict(), request))


@open_to_all
def live(request: HttpRequest) -> HttpResponse:
    """A fragment that polls until it has been asked three times; `fail` fails the first."""
    asked = int(request.GET["asked"]) + 1
    if request.GET.get("fail"):
        request.session["failed"] = not request.session.get("failed")
        if request.session["failed"]:
            return HttpResponse(status=429)
    poll = (
        f'data-poll hx-get="/showcase/live?asked={asked}" hx-trigger="load delay:50ms, again"'
    )
    more = f'{poll} hx-swap="outerHTML"' if asked < 3 else ""
    return HttpResponse(f'<p id="live" {more}>Asked {asked}</p>')


@open_to_all
def slow(request: HttpRequest) -> HttpResponse:
    time.sleep(0.5)
    icon = '<link rel="icon" href="/static/icons/favicon.svg">'
    return HttpResponse(f"{icon}<p>Pressed {request.POST.get('pressed')}</p>")


@open_to_all
def upload(request: HttpRequest) -> HttpResponse:
    file = request.FILES["file"]
    return HttpResponse(f'<p id="received">{file.name}, {file.size}</p>')
