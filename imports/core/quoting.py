"""Reading one record whose quotes are broken, as a person would."""

from __future__ import annotations

import re
from functools import cache


@cache
def _quote_runs(delimiter: str, quotechar: str) -> re.Pattern[str]:
    return re.compile(f"{re.escape(quotechar)}+(?={re.escape(delimiter)}|\\Z)")


def split_tolerantly(text: str, delimiter: str, quotechar: str) -> list[str] | None:
    """Cells of a record where only a quote before a delimiter or the end closes a cell.

    So `"Acme "Best" Inc",x` is two cells. None while the last quoted cell is open.
    """
    runs = _quote_runs(delimiter, quotechar)
    cells: list[str] = []
    at, end = 0, len(text)
    while True:
        if text.startswith(quotechar, at):
            run = next((r for r in runs.finditer(text, at + 1) if _closes(r)), None)
            if run is None:
                return None
            inner = text[at + 1 : run.end() - 1]
            cells.append(inner.replace(quotechar * 2, quotechar))
            at = run.end()
        else:
            stop = text.find(delimiter, at)
            stop = end if stop < 0 else stop
            cells.append(text[at:stop])
            at = stop
        if at >= end:
            return cells
        at += 1


def _closes(run: re.Match[str]) -> bool:
    return (run.end() - run.start()) % 2 == 1


def split_with_backslashes(text: str, delimiter: str, quotechar: str) -> list[str] | None:
    """The same for files that write a quote inside a cell as backslash and quote."""
    hidden = "\ue000"  # a private-use character stands for the escaped quote meanwhile
    if hidden in text or "\\" + quotechar not in text:
        return None
    cells = split_tolerantly(text.replace("\\" + quotechar, hidden), delimiter, quotechar)
    return cells and [cell.replace(hidden, quotechar) for cell in cells]
