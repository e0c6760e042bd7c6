"""The trail of who did what, for actions that matter."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from people.models import AuditEntry, Person


def record(person: Person | None, action: str, subject: object, **detail: Any) -> AuditEntry:
    """Write one line of the trail.

    `person` is None for the portal itself. `action` is a verb phrase in the past ("changed
    role"), `subject` what it was done to, by its name; `detail` is JSON without secrets.
    """
    return AuditEntry.objects.create(
        person=person,
        person_name=person.username if person else "portal",
        action=action,
        subject=str(subject)[:200],
        detail=detail,
    )


def note_sign_in(sender: object, user: Person, **signal: Any) -> None:
    record(user, "signed in", user.username)


def note_sign_out(sender: object, user: Person | None, **signal: Any) -> None:
    if user is not None:
        record(user, "signed out", user.username)


def note_lock_out(
    sender: object, request: HttpRequest, username: str | None, ip_address: str, **signal: Any
) -> None:
    """One line when it begins: a try during the wait is not counted, and not told again."""
    if getattr(request, "axes_failures_since_start", None) is not None:
        record(None, "locked out", username or "nobody", address=ip_address)
