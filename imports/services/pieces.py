"""Many rows in pieces, so that no transaction keeps the others from the database for long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from django.db.models import Model, QuerySet

from jobs.pulse import got_on

PIECE = 5_000
M = TypeVar("M", bound=Model)


def pieces(rows: QuerySet[M]) -> Iterator[QuerySet[M]]:
    """The rows in the order they were made, PIECE at a time; each its own transaction's work.

    What is made after the iteration has begun may come as well.
    """
    last = 0
    while keys := rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:PIECE]:
        first, last = last, list(keys)[-1]
        yield rows.filter(pk__gt=first, pk__lte=last)
        got_on()
