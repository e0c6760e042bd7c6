"""Who an import asks for a word, beside the process that is killed."""

from __future__ import annotations

import os

from chaos.invariants import Books
from chaos.place import Place
from chaos.worker import go_on

ASKED = "SELECT id FROM imports_run WHERE state = 'paused' AND pause_reason = 'canary'"


class Person:
    """Says "go on" as soon as a run waits for the word on its canary.

    `rows_in`: how many rows the sandbox had then, one number for each word.
    """

    def __init__(self, place: Place) -> None:
        self.rows_in: list[int] = []
        self._place, self._books = place, Books(place.sandbox)

    def look(self) -> None:
        """To be called again and again while others work."""
        for (run,) in self._place.query(ASKED):
            self.rows_in.append(self._rows())
            self._say(run)

    def _rows(self) -> int:
        return sum(entry["kind"] == "row_imported" for entry in self._books.entries())

    def _say(self, run: int) -> None:
        pid = self._place.fork(lambda: go_on(run))
        os.waitpid(pid, 0)
