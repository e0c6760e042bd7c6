"""The trail of who did what, for actions that matter."""

from __future__ import annotations

from typing import Any

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
