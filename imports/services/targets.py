"""Which list an import goes into."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lists import services as lists


@dataclass(frozen=True)
class Target:
    """Where the leads go: a list that exists, or (empty `list_id`) one to be made."""

    list_name: str
    list_id: str = ""


def find_target(name_or_id: str) -> Target:
    """The list with this id or name; a name nobody has yet is a list to be made.

    At most two calls of the API. Raises `NotFound` for an id (a UUID) without a list.
    """
    wanted = name_or_id.strip()
    for known in lists.list_choices().lists:
        if wanted == known.list_id or wanted.casefold() == known.name.casefold():
            return Target(known.name, known.list_id)
    if _is_uuid(wanted):
        return Target(lists.list_detail(wanted).known.name, wanted)
    return Target(wanted)


def _is_uuid(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
