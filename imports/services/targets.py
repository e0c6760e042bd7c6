"""Which list an import goes into."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from lists import choosing
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
    choosing.learn_newest()
    known = choosing.list_known_as(wanted) or choosing.list_named(wanted)
    if known:
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
