"""States of an import for templates."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone

from imports.models import Run
from imports.views import words
from imports.views.words import TONES

register = template.Library()


@register.filter
def tone(state: str) -> str:
    """The tone of components/state.html for a run's state."""
    return TONES.get(state, "")


@register.filter
def pruned(run: Run) -> str:
    return words.pruned(run)


@register.filter
def ago(when: datetime) -> str:
    """`3 s ago`, in the very words live.js goes on with, so that nothing flickers."""
    seconds = int((timezone.now() - when).total_seconds())
    if seconds < 2:
        return "just now"
    units = ((86_400, "d"), (3600, "h"), (60, "min"), (1, "s"))
    size, unit = next(pair for pair in units if seconds >= pair[0])
    return f"{seconds // size} {unit} ago"
