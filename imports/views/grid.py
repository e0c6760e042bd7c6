"""The chunk grid: one square a batch.

Written in Python and not as template nodes: a large import has 1,667 squares, see
`tests/imports/test_views_run.py` for what they may cost. A page that looks again is sent
those that changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString, mark_safe

from imports.services.progress import Square
from web.words import count

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
# In the order the legend names them.
LEGEND = {
    "waiting": "waiting",
    "in-flight": "in flight",
    "done": "done",
    "with-skips": "done with skips",
    "failed": "failed",
    "unknown": "unknown",
    "not-sent": "not sent",
}
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
    """`html`: the list; `summary`: the same in words; `looks`: what its shapes mean; `over`
    of `total` answered."""

    html: SafeString
    summary: str
    looks: list[tuple[str, str]]
    over: int
    total: int


# Stands for a grid that is on the page already: htmx keeps that one.
KEPT = mark_safe('<ol class="chunk-grid" id="chunk-grid" hx-preserve="true"></ol>')  # noqa: S308


def grid_of(squares: tuple[Square, ...], html: SafeString) -> Grid:
    """`html`: `list_of` these squares, or what stands for it."""
    over = sum(square.shape in ANSWERED for square in squares)
    return Grid(html, _summary(squares, over), _looks(squares), over, len(squares))


def list_of(
    squares: tuple[Square, ...], chosen: int = 0, *, focus: bool = False
) -> SafeString:
    """`chosen`: the batch looked at closely; `focus`: a fresh page puts the focus on it."""
    write = _writer(squares, chosen, " autofocus" if focus else "")
    cells = "\n".join(_item(square, write(square)) for square in squares)
    head = '<ol class="chunk-grid" id="chunk-grid" aria-labelledby="grid-summary">'
    return mark_safe(f"{head}{cells}</ol>")  # noqa: S308


def changes_in(squares: tuple[Square, ...], since: int, chosen: int = 0) -> str:
    """The squares that changed after version `since`, each to replace the one on the page."""
    write = _writer(squares, chosen, ' hx-swap-oob="true"', always=True)
    return "\n".join(write(square) for square in squares if square.version > since)


def label_of(square: Square) -> str:
    """`Batch 17: done with skips, 598 of 600 rows imported. Request req_1`."""
    name = "Test batch" if square.is_canary else f"Batch {square.number}"
    words = [f"{name}: {square.words.lower()}, {_rows(square)}"]
    if not square.enriches:
        words.append("Imported as they are, without enrichment")
    if square.out_of_range:
        words.append("Unlike the test batch")
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


def _writer(
    squares: tuple[Square, ...], chosen: int, more: str, *, always: bool = False
) -> Callable[[Square], str]:
    """Writes a square; `more`: attributes of the chosen one, or of each.

    One tab stop for the whole grid; the arrows go on from there (keys.js).
    """
    reachable = chosen or (squares[0].number if squares else 0)

    def write(square: Square) -> str:
        label = escape(label_of(square))
        tab = "0" if square.number == reachable else "-1"
        is_chosen = square.number == chosen
        mark = ' aria-current="true"' if is_chosen else ""
        mark += more if always or is_chosen else ""
        return (
            f'<a class="cell {LOOKS[square.shape]}" id="call-{square.number}" '
            f'href="?chunk={square.number}" tabindex="{tab}"{mark} '
            f'aria-label="{label}" title="{label}"></a>'
        )

    return write


def _item(square: Square, cell: str) -> str:
    return f'<li class="canary">{cell}</li>' if square.is_canary else f"<li>{cell}</li>"


def _looks(squares: Iterable[Square]) -> list[tuple[str, str]]:
    """Only the shapes that the grid has."""
    there = {LOOKS[square.shape] for square in squares}
    return [(look, words) for look, words in LEGEND.items() if look in there]


def _summary(squares: Iterable[Square], over: int) -> str:
    shapes = Counter(square.shape for square in squares)
    each = [f"{shapes[shape]:,} {words}" for shape, words in TOLD.items() if shapes[shape]]
    return ", ".join([f"{over:,} of {shapes.total():,} batches answered", *each])
