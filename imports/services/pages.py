"""Numbered pages of our own tables."""

from __future__ import annotations

from dataclasses import dataclass

PAGE = 50


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
