"""How far back a table goes: one choice, the same words everywhere."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

SINCE = {
    "": "at any time",
    "today": "today",
    "7": "in the last 7 days",
    "30": "in the last 30 days",
    "90": "in the last 90 days",
}


def since(choice: str) -> datetime | None:
    """The moment a choice of SINCE means; None for at any time."""
    if not choice:
        return None
    if choice == "today":
        return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return timezone.now() - timedelta(days=int(choice))
