"""States of an import for templates."""

from __future__ import annotations

from django import template

from imports.models import Run
from imports.views import words
from imports.views.words import TONES
from lists.cells import ago

register = template.Library()


@register.filter
def tone(state: str) -> str:
    """The tone of components/state.html for a run's state."""
    return TONES.get(state, "")


@register.filter
def pruned(run: Run) -> str:
    return words.pruned(run)


register.filter("ago", ago)
