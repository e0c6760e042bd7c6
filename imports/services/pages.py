"""Numbered pages of our own tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Count, Model, QuerySet, Subquery, Value

PAGE = 50
M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class NumberedPage:
    """Where a page of `total` rows stands; `first` and `last` are 1-based positions."""

    total: int
    page: int

    @property
    def first(self) -> int:
        return (self.page - 1) * PAGE + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.page * PAGE, self.total)

    @property
    def newer(self) -> int | None:
        return self.page - 1 if self.page > 1 else None

    @property
    def older(self) -> int | None:
        return self.page + 1 if self.last < self.total else None


def page_within(page: int, total: int) -> int:
    """The nearest page there is."""
    return max(1, min(page, -(-total // PAGE)))


def span_of(page: int) -> slice:
    """The rows of a page, of all in order."""
    return slice((page - 1) * PAGE, page * PAGE)


def cut(rows: QuerySet[M], page: int) -> tuple[int, int, list[M]]:
    """How many `rows` there are, the nearest page there is to `page`, and its rows; one query,
    three for a page past the end."""
    counted = rows.order_by().values(one=Value(1)).annotate(of=Count("pk")).values("of")
    found = list(rows.annotate(in_all=Subquery(counted))[span_of(page)])
    if found or page == 1:
        return (vars(found[0])["in_all"] if found else 0), page, found
    total = rows.count()
    page = page_within(page, total)
    return total, page, list(rows[span_of(page)])
