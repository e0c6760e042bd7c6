"""Rows of a file that earlier imports have brought to where it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from imports.core.rows import Ready, Skip


class Earlier(Protocol):
    """What earlier imports have brought; asked for many rows at once."""

    def judge(self, rows: Sequence[Ready]) -> Sequence[Skip | None]:
        """For each row the reason to leave it out, None for one that may go."""
        ...
