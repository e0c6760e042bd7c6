"""How often a password may be guessed, counted by django-axes.

A wrong one counts against the name from that address, against the address whatever the name
(one password tried on many names), and against the name wherever from. Past one of these
nobody unknown is heard for a while. A browser that somebody signed in with before counts for
itself instead: whoever guesses at a name can't keep its owner out, not even from behind the
same proxy. docs/operations.md, "People", says it to those who run the portal.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.utils import timezone

from people.known_browsers import known_as

# Wrong passwords within the wait: from one address on all names, on one name from anywhere.
MOST_FROM_ADDRESS = 40
MOST_ON_NAME = 40
STRANGER = "-"


class Throttle(AxesDatabaseHandler):
    """Axes' own books, in which the column for the kind of browser holds its mark."""

    def get_failures(
        self, request: HttpRequest, credentials: Mapping[str, Any] | None = None
    ) -> int:
        """Wrong tries so far; the limit itself as soon as one of the three is reached."""
        name, mark = _who(request, credentials)
        recent = AccessAttempt.objects.filter(attempt_time__gt=timezone.now() - wait())
        if mark != STRANGER:
            return _sum(recent.filter(username=name, user_agent=mark))
        strangers = recent.filter(user_agent=STRANGER)
        from_here = strangers.filter(ip_address=request.axes_ip_address)  # type: ignore[attr-defined]
        is_over = (
            _sum(from_here) >= MOST_FROM_ADDRESS
            or _sum(strangers.filter(username=name)) >= MOST_ON_NAME
        )
        return (
            settings.AXES_FAILURE_LIMIT if is_over else _sum(from_here.filter(username=name))
        )

    def user_login_failed(
        self,
        sender: object,
        credentials: dict[str, Any],
        request: HttpRequest | None = None,
        **signal: Any,
    ) -> None:
        if request is not None:
            request.axes_user_agent = _who(request, credentials)[1]  # type: ignore[attr-defined]
        super().user_login_failed(sender, credentials, request, **signal)

    def reset_user_attempts(
        self, request: HttpRequest, credentials: Mapping[str, Any] | None = None
    ) -> int:
        """A sign-in proves who sits there: tries on the name from here are forgotten."""
        name, mark = _who(request, credentials)
        tries = AccessAttempt.objects.filter(username=name)
        from_here = tries.filter(ip_address=request.axes_ip_address, user_agent=STRANGER)  # type: ignore[attr-defined]
        return int(from_here.delete()[0] + tries.filter(user_agent=mark).delete()[0])


def wait() -> timedelta:
    """How long nobody is heard after too many tries."""
    return timedelta(hours=settings.AXES_COOLOFF_TIME)


def forget_tries(username: str) -> None:
    """Whoever has a new password starts with no wrong tries, wherever they were made."""
    AccessAttempt.objects.filter(username=username).delete()


def _who(request: HttpRequest, credentials: Mapping[str, Any] | None) -> tuple[str, str]:
    name = str((credentials or {}).get("username") or "")
    return name, known_as(request, name) or STRANGER


def _sum(tries: QuerySet[AccessAttempt]) -> int:
    return int(tries.aggregate(all=Sum("failures_since_start"))["all"] or 0)
