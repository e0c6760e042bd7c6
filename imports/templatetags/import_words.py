"""States of an import for templates."""

from __future__ import annotations

from django import template

from imports.views.words import TONES

register = template.Library()


@register.filter
def tone(state: str) -> str:
    """The tone of components/state.html for a run's state."""
    return TONES.get(state, "")
