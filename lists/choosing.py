"""Choosing the list an import goes to, among however many there are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleanlist_api.errors import ApiError
from connections.readings import read
from lists import known, services
from lists.models import KnownList

NEWEST, FOUND = 10, 50


@dataclass(frozen=True)
class Choices:
    """Lists to choose from, newest first: `total` match, the first of them are `lists`.
    `problem`: the API failed, and these are the last known ones."""

    lists: Sequence[KnownList]
    total: int
    problem: ApiError | None


def list_choices(find: str = "") -> Choices:
    """The known lists that are still there and have `find` in their names, at most 50; the
    ten newest without. At most one cached look at the API."""
    problem = learn_newest()
    rows = KnownList.objects.here()
    wanted = known.fold(find.strip())
    if wanted:
        rows = rows.filter(folded_name__contains=wanted)
    most = FOUND if wanted else NEWEST
    shown = rows.newest_first().only("name", "lead_count", "owner_name")
    return Choices(list(shown[:most]), rows.count(), problem)


def learn_newest() -> ApiError | None:
    """Learn of lists made elsewhere, by one cached look at the API; what stood in its way."""
    return read(services.LISTS, "lists::", services.first_block).problem


def list_named(name: str) -> KnownList | None:
    """The newest list that is still there with this name, whatever its case, after a cached
    look at the API."""
    learn_newest()
    wanted = known.fold(name.strip())
    named = KnownList.objects.here().filter(folded_name=wanted)
    return named.newest_first().first() if wanted else None


def list_known_as(list_id: str) -> KnownList | None:
    """The known list with this id, if it is still there."""
    return KnownList.objects.here().filter(pk=list_id).first() if list_id else None
