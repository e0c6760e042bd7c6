"""Rows that can't be trusted, and the cell that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from imports.core.cells import Kind, kind_of
from imports.core.outcomes import Problem
from imports.core.records import Record

_LOST: Final = "\ufffd"  # what stands for bytes that were not text


class Damage(NamedTuple):
    """`column` and `value` of the cell to look at, where one can be named."""

    problem: Problem
    column: int | None = None
    value: str = ""


class DamageFinder:
    """Knows the table's width and which columns hold e-mails and LinkedIn URLs."""

    def __init__(self, mapping: Mapping[str, int], width: int, quotechar: str) -> None:
        self._width, self._quote = width, quotechar
        self._telling = [
            (mapping[field], _LOOKS[field]) for field in _LOOKS if field in mapping
        ]

    def find(self, row: Record) -> Damage | None:
        """What is wrong with `row`, if anything is."""
        if row.problem is Problem.SHIFTED:
            return self._shifted(row.cells) or Damage(Problem.SHIFTED)
        if row.problem:
            return self._located(row.problem, row.cells)
        if len(row.cells) == self._width:
            return None
        return self._shifted(row.cells)

    def _located(self, problem: Problem, cells: list[str]) -> Damage:
        sign = {Problem.OPEN_QUOTE: self._quote, Problem.UNDECODABLE: _LOST}.get(problem)
        if problem is Problem.EXTRA_CELLS:
            extra = next(filter(str.strip, cells[self._width :]), "")
            return Damage(problem, None, extra)
        if sign:
            for column, cell in enumerate(cells):
                if sign in cell:
                    return Damage(problem, column, cell)
        return Damage(problem)

    def _shifted(self, cells: list[str]) -> Damage | None:
        """A ragged row whose e-mail or LinkedIn URL stands in another column."""
        for column, looks in self._telling:
            at = [i for i, cell in enumerate(cells) if looks(cell)]
            if at and column not in at:
                return Damage(Problem.SHIFTED, at[0], cells[at[0]])
        return None


def _looks_like_email(cell: str) -> bool:
    return "@" in cell and kind_of(cell) is Kind.EMAIL


def _looks_like_profile(cell: str) -> bool:
    return "linkedin.com/in/" in cell.lower()


_LOOKS: Final = {"email": _looks_like_email, "linkedin_url": _looks_like_profile}
