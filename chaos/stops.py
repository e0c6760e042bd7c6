"""Every crash point of an undo that a person stops while it takes leads out.

Whatever was in flight: what the portal says is out, the page of the undo and the sums of the
run alike, must be out and nothing else, and nothing may be asked for after the stop.
"""

from __future__ import annotations

from typing import Any

from chaos.controls import Control
from chaos.invariants import Books
from chaos.undo_points import LEADS_A_CALL, UndoPoints, agreed, undo
from chaos.worker import Job


class StopPoints(UndoPoints):
    """Trials of an undo from its first removal on, which `work` stops at some moment."""

    def prepare(self, job: Job) -> None:
        super().prepare(job)
        self.place.forked(agreed)

    def broken(self, job: Job, ours: dict[str, Any], books: Books) -> list[str]:
        out, left = len(self.removed(books)), self.still_there()
        broken = self.harm(books)
        if not ours["undone"] == ours["out"] == out == job.rows - left:
            broken.append(f"the portal says {ours}, {out} leads are out, {left} are not")
        if out > ours["most"]:
            broken.append(f"{out} leads are out, {ours['most']} were before the stop")
        is_end = ours["state"] == "stopped" or (ours["state"], left) == ("done", 0)
        if not is_end or ours["told"] != (ours["state"] == "done"):
            broken.append(f"with {left} leads in the list it ended as {ours}")
        return broken


class StoppedAfterTheKill(StopPoints):
    """The person presses once the worker is dead, before another takes over."""

    title = "the portal's, stopped after the kill"

    def work(self, job: Job, *, again: bool = False) -> dict[str, Any]:
        most = _press() if again else None
        return undo(again=again) | {"most": job.rows if most is None else most}


class StoppedDuringACall(StopPoints):
    """The person presses while the first removal is on its way."""

    title = "the portal's, stopped during a call"

    def work(self, job: Job, *, again: bool = False) -> dict[str, Any]:
        from cleanlist_api.client import CleanlistClient

        remove = CleanlistClient.remove_leads

        def press_and_remove(*args: Any) -> Any:
            _press()
            return remove(*args)

        CleanlistClient.remove_leads = press_and_remove  # type: ignore[method-assign, assignment]
        return undo(again=again) | {"most": LEADS_A_CALL}


def _press() -> int | None:
    """Stop the undo at work, if one is: how many leads may then be out."""
    from imports.models import Run
    from imports.services import read_backs

    run = Run.objects.get()
    look = read_backs.latest_undo(run)
    if look is None or not read_backs.stop(look, run.created_by):
        return None
    findings = read_backs.findings_of(look)
    return findings.removed + findings.in_flight


def _stop_at_once() -> None:
    """What a stop does that asks for no answer: what is in flight is never counted."""
    from imports.models import ReadBack, ReadBackState
    from imports.models.read_backs import AT_WORK
    from imports.services import read_backs

    def stop(read_back: Any, person: Any) -> bool:
        at_work = ReadBack.objects.filter(pk=read_back.pk, state__in=AT_WORK)
        return at_work.update(state=ReadBackState.STOPPED) == 1

    read_backs.stop = stop


def _is_uncounted(broken: list[str]) -> bool:
    return any("leads are out" in sentence for sentence in broken)


NOT_WAITED_FOR = Control(
    "stopped whatever is in flight", _stop_at_once, _is_uncounted, "recvfrom"
)
