"""Figures, times and states as people read them."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from imports.core.outcomes import SkipReason
from imports.models import Run, RunState
from imports.services.skipped_rows import NOT_IN_LIST, UNNAMED
from web.words import count as count

TONES: dict[str, str] = {
    RunState.CHECKING: "accent",
    RunState.CHECKED: "accent",
    RunState.SENDING: "accent",
    RunState.SETTLING: "accent",
    RunState.PAUSED: "warn",
    RunState.CANCELLING: "warn",
    RunState.FINISHED: "good",
    RunState.FINISHED_WITH_SKIPS: "good",
    RunState.NOT_AS_APPROVED: "bad",
    RunState.FAILED: "bad",
}
# Reasons that are not a rule's.
FOUND_OUT = {
    UNNAMED: ("Skipped by the API", "The API left the row out and did not say why."),
    NOT_IN_LIST: (
        "Not in the list",
        "The answer was lost, and the row was not in the list when it was read.",
    ),
}


def other_imports(number: int) -> str:
    """`1 other import`, `2 other imports`."""
    return count(number, "other import")


def soon(when: datetime) -> str:
    """`14:32`, or `in a moment` for what is less than half a minute away."""
    is_far = when - timezone.now() >= timedelta(seconds=30)
    return clock(when) if is_far else "in a moment"


def listing(numbers: list[int]) -> str:
    """`17, 42 and 108`, as words say a few numbers; "" for none."""
    words = [f"{number:,}" for number in numbers]
    return " and ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))


def clock(when: datetime) -> str:
    """`14:32`; with the day when it isn't today."""
    local = timezone.localtime(when)
    shown = f"{local:%H:%M}"
    if local.date() == timezone.localdate():
        return shown
    return f"{local.day} {local:%b}, {shown}"


def pruned(run: Run) -> str:
    """What is gone of an old import, "" while all is there."""
    if run.pruned_at is None:
        return ""
    day = f"{timezone.localtime(run.pruned_at):%-d %b %Y}"
    kept = f" (retention {settings.RETENTION_DAYS} days)" if settings.RETENTION_DAYS else ""
    return f"The file and the rows' contents were deleted on {day}{kept}."


def span(length: timedelta) -> str:
    """`40 s`, `6 min`, `2 h 10 min`; rounded up to what a person plans with."""
    seconds = max(0, int(length.total_seconds()))
    if seconds < 60:
        return f"{max(1, seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def reason_words(reason: str) -> str:
    """A skip reason in a few words; one the API made up since is shown as it is."""
    if reason in FOUND_OUT:
        return FOUND_OUT[reason][0]
    return SkipReason(reason).words if reason in set(SkipReason) else reason.replace("_", " ")


def reason_sentence(reason: str) -> str:
    if reason in FOUND_OUT:
        return FOUND_OUT[reason][1]
    return SkipReason(reason).sentence if reason in set(SkipReason) else ""
