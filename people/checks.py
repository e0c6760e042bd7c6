"""people.E001: no view without a word on who may open it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error
from django.urls import URLPattern, URLResolver, get_resolver


def every_pattern(resolver: URLResolver | None = None) -> Iterator[URLPattern]:
    """Yield all URL patterns of the portal, however deeply included."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver):
            yield from every_pattern(pattern)
        else:
            yield pattern


def check_access_marks(app_configs: object, **options: Any) -> list[CheckMessage]:
    """Return one error per view that wears none of the marks of people.access."""
    return [
        Error(
            f"Nothing says who may open {pattern.pattern!s} ({pattern.lookup_str}).",
            hint="Put one of the decorators of people.access on the view.",
            id="people.E001",
        )
        for pattern in every_pattern()
        if not hasattr(pattern.callback, "access")
    ]
