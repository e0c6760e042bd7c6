"""The chunk grid: one square a call.

Written in Python and not as template nodes: the page of a large import renders 1,667
squares each time it looks, see `tests/imports/test_views_run.py` for what that may cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from imports.services.progress import Square
from imports.views.words import count

LOOKS = {
    "ready": "waiting",
    "sending": "in-flight",
    "retrying": "in-flight",
    "done": "done",
    "done_with_skips": "with-skips",
    "failed": "failed",
    "unknown": "unknown",
    "not_sent": "not-sent",
}
ANSWERED = frozenset({"done", "done_with_skips", "failed", "unknown"})
# In the order the summary names them.
TOLD = {
    "done_with_skips": "with skips",
    "sending": "in flight",
    "retrying": "asked again",
    "failed": "failed",
    "unknown": "unknown",
    "not_sent": "not sent",
}


@dataclass(frozen=True)
class Grid:
    """`cells`: the list items; `summary`: the same in words; `over` of `total` answered."""

    cells: SafeString
    summary: str
    over: int
    total: int


def grid_of(squares: tuple[Square, ...], chosen: int = 0, *, focus: bool = False) -> Grid:
    """`chosen`: the call looked at closely; `focus`: a fresh page puts the focus on it."""
    over = sum(square.shape in ANSWERED for square in squares)
    reachable = chosen or (squares[0].number if squares else 0)
    mark = ' aria-current="true"' + (" autofocus" if focus else "") if chosen else ""
    cells = "\n".join(
        _cell(
            square,
            "0" if square.number == reachable else "-1",
            mark if square.number == chosen else "",
        )
        for square in squares
    )
    return Grid(mark_safe(cells), _summary(squares, over), over, len(squares))  # noqa: S308


def label_of(square: Square) -> str:
    """`Call 17: done with skips, 598 of 600 rows imported. Request req_1`."""
    name = f"Canary, call {square.number}" if square.is_canary else f"Call {square.number}"
    words = [f"{name}: {square.words.lower()}, {_rows(square)}"]
    if square.out_of_range:
        words.append("Unlike the canary")
    if square.problem:
        words.append(square.problem.rstrip("."))
    if square.request_id:
        words.append(f"Request {square.request_id}")
    return ". ".join(words)


def _rows(square: Square) -> str:
    if square.shape.startswith("done"):
        undone = f", {square.rows_undone:,} undone" if square.rows_undone else ""
        return f"{square.rows_imported:,} of {count(square.rows, 'row')} imported{undone}"
    return count(square.rows, "row")


def _cell(square: Square, tab: str, mark: str) -> str:
    """One tab stop for the whole grid; the arrows go on from there (keys.js)."""
    label = escape(label_of(square))
    item = '<li class="canary">' if square.is_canary else "<li>"
    return (
        f'{item}<a class="cell {LOOKS[square.shape]}" id="call-{square.number}" '
        f'href="?chunk={square.number}" tabindex="{tab}"{mark} '
        f'aria-label="{label}" title="{label}"></a></li>'
    )


def _summary(squares: Iterable[Square], over: int) -> str:
    shapes = Counter(square.shape for square in squares)
    each = [f"{shapes[shape]:,} {words}" for shape, words in TOLD.items() if shapes[shape]]
    return ", ".join([f"{over:,} of {shapes.total():,} calls answered", *each])
