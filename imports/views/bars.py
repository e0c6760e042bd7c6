"""Parts of a whole, for components/stacked_bar.html."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Segment:
    """`share_x` and `share_width` are percent of the bar, set by `stacked`."""

    label: str
    value: int
    tone: str = "none"
    href: str = ""
    active: bool = False
    share_x: float = 0.0
    share_width: float = 0.0


def stacked(segments: Iterable[Segment], whole: int) -> list[Segment]:
    """Lay segments end to end over a bar that stands for `whole`."""
    placed, start = [], 0.0
    for segment in segments:
        width = round(100 * segment.value / whole, 3) if whole else 0.0
        placed.append(replace(segment, share_x=round(start, 3), share_width=width))
        start += width
    return placed
