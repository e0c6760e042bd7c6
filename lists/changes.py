"""Making, changing and deleting lists. Each change is told to the audit trail, and what the
portal has cached of lists is forgotten."""

from __future__ import annotations

from dataclasses import dataclass

from cleanlist_api.budget import Lane
from cleanlist_api.errors import ListProtected, NotFound
from connections.services import client
from lists import known
from lists.models import KnownList
from lists.services import forget_list, list_name
from people.audit import record
from people.models import Person


@dataclass(frozen=True)
class Created:
    """`reused`: a list of that name was there, and this is it."""

    list_id: str
    name: str
    reused: bool


def create_list(person: Person, name: str, description: str = "") -> Created:
    """Make a private list, or find the person's own of the same name (whatever its case).

    Sending twice is harmless: the second answer is the first list. Raises any `ApiError`.
    """
    detail = client(Lane.PAGE).create_list(name, description=description or None)
    known.remember_detail(detail)
    forget_list(detail.list_id)
    if not detail.reused:
        record(person, "created list", detail.name, list_id=detail.list_id)
    return Created(detail.list_id, detail.name, detail.reused)


def change_list(person: Person, list_id: str, *, name: str, description: str) -> KnownList:
    """Give the list this name and description; an empty description clears it.

    Raises `ListProtected`, `NotFound` (gone, or somebody else's) or any other `ApiError`.
    """
    before = list_name(list_id)
    try:
        detail = client(Lane.PAGE).patch_list(
            list_id, name=name, description=description or None
        )
    except ListProtected:
        known.mark_protected(list_id)
        raise
    changed = known.remember_detail(detail)
    forget_list(list_id)
    record(person, "changed list", detail.name, list_id=list_id, name_before=before)
    return changed


def delete_list(person: Person, list_id: str) -> bool:
    """Delete the list; its leads stay in the workspace.

    Returns False when the portal knew it was already gone, so that a second press is
    harmless. Raises `ListProtected`, `NotFound` or any other `ApiError`.
    """
    name = list_name(list_id)
    try:
        client(Lane.PAGE).delete_list(list_id)
    except NotFound:
        if KnownList.objects.filter(pk=list_id, gone_at__isnull=False).exists():
            return False
        raise
    except ListProtected:
        known.mark_protected(list_id)
        raise
    known.mark_gone(list_id)
    forget_list(list_id)
    record(person, "deleted list", name, list_id=list_id)
    return True
