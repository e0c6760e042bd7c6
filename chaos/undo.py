"""Every crash point of an undo: kill at each system call, go on, look into the list.

The list had leads before, one of them the same person as a row. An undo that is killed
anywhere must in the end have taken out what the import added, nothing else, and say so.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

from chaos import report
from chaos.controls import Control
from chaos.invariants import Books
from chaos.pace import MOMENT, hurry, let_turns_expire
from chaos.place import Place
from chaos.points import ENVIRON, Points, Tally, spread
from chaos.worker import PATIENCE, Job

LEADS_BEFORE = 3
LEADS_A_CALL = 5
PHASES = ("ask", "look", "agree", "look again", "take out", "over")
KINDS = ("connect", "sendto", "recvfrom", "pwrite64", "fdatasync")
LEAST_POINTS = 60


def main(asked: argparse.Namespace, folder: Path) -> int:
    """Enumerate, or try `asked.sample` points; print the table; 0 if all is well."""
    place = Place(folder, **ENVIRON)
    try:
        portal = _portal(UndoPoints(place), asked.sample)
        faulty = _faulty(UndoPoints(place, COUNTED_FIRST))
    finally:
        place.close()
    report.print_points([portal, faulty], PHASES)
    problems = verdict(portal, faulty, LEAST_POINTS if asked.sample is None else 1)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


def verdict(portal: Tally, faulty: Tally, least: int) -> list[str]:
    """Why the trial is not passed, in sentences."""
    kinds = portal.kinds()
    problems = [f"No worker was killed at {kind}." for kind in KINDS if not kinds[kind]]
    if len(portal.kills) < least:
        problems.append(f"Only {len(portal.kills)} crash points; {least} are the least.")
    if portal.broken:
        problems.append(f"{len(portal.broken)} crash points break a promise.")
    if not any(COUNTED_FIRST.does_harm(trial.broken) for trial in faulty.kills):
        problems.append(f"The worker with “{COUNTED_FIRST.name}” was not found out.")
    return problems


class UndoPoints(Points):
    """Trials of an undo, from asking for it to its end."""

    def prepare(self, job: Job) -> None:
        """Import the job's file into a list that holds leads already."""
        sandbox = self.place.sandbox
        self.list_id = sandbox.make_list(job.name, leads=LEADS_BEFORE)
        same = sandbox.leads(self.list_id)[0]["lead_id"]
        sandbox.change_lead(same, email=job.emails[0])
        self.before = sandbox.emails(self.list_id)
        self.place.forked(lambda: imported(job, self.list_id))

    def work(self, job: Job, *, again: bool = False) -> dict[str, object]:
        return undo(again=again)

    def phase(self) -> str:
        return phase_of(self.place)

    def broken(self, job: Job, ours: dict[str, object], books: Books) -> list[str]:
        removed = [e["lead_id"] for e in books.entries() if e["kind"] == "lead_removed"]
        left = self.place.sandbox.emails(self.list_id)
        broken = []
        if len(set(removed)) != len(removed):
            broken.append("a lead was taken out twice")
        if missing := [email for email in self.before if email not in left]:
            broken.append(f"{len(missing)} leads lost that were there before")
        if len(left) > len(self.before):
            broken.append(f"{len(left) - len(self.before)} leads are still in the list")
        wanted = {"state": "done", "undone": job.rows, "kept": 1, "told": 1}
        if ours != wanted:
            broken.append(f"the portal says {ours}, not {wanted}")
        return broken


def imported(job: Job, list_id: str) -> int:
    """Import the job's file into the list, without enrichment; the number of its run."""
    from enrichment.models import EnrichmentType
    from imports.models import Run
    from imports.services import checking, sending, starting, uploads
    from imports.services.targets import Target
    from people.models import Person

    hurry()
    stored = uploads.keep_copy(job.path)
    run = uploads.create_run(Person.objects.get(), stored, Target(job.name, list_id))
    checking.start_check(run)
    checking.check(run.pk)
    run = Run.objects.get(pk=run.pk)
    starting.start_run(run, run.created_by, starting.Approval(EnrichmentType.OFF, 0))
    sending.advance(run.pk)
    return int(run.pk)


def undo(*, again: bool = False) -> dict[str, Any]:
    """Do what is left of undoing the only run; return what the portal then says of it."""
    from imports.models import ReadBackState, Run
    from imports.services import read_backs, reading_back

    hurry()
    reading_back.REMOVED_A_CALL = LEADS_A_CALL
    if again:
        let_turns_expire()
    run = Run.objects.get()
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        look = read_backs.latest_undo(run)
        if look is None:
            read_backs.ask_undo(run, run.created_by)
        elif look.state == ReadBackState.READ:
            read_backs.confirm(look, run.created_by, read_backs.findings_of(look).removable)
        elif look.state == ReadBackState.DONE:
            break
        else:
            _one_round(look.pk)
    return _account(run)


def _one_round(read_back: int) -> None:
    from django.utils import timezone

    from imports.models import ReadBack
    from imports.services import reading_back

    if ReadBack.objects.due(timezone.now()).filter(pk=read_back).exists():
        reading_back.advance(read_back)
    else:
        time.sleep(MOMENT / 5)


def _account(run: Any) -> dict[str, Any]:
    from django.urls import reverse

    from imports.services import read_backs, sums
    from people.models import Notice

    look = read_backs.latest_undo(run)
    return {
        "state": look.state if look else "",
        "undone": sums.rows_of(run).undone,
        "kept": read_backs.findings_of(look).kept_leads if look else 0,
        "told": Notice.objects.filter(url=reverse("imports:undo", args=[run.pk])).count(),
    }


def phase_of(place: Place) -> str:
    """Where the undo stood when its worker was killed."""
    found = place.query("SELECT state FROM imports_readback")
    named = {
        "reading": "look",
        "read": "agree",
        "reading_again": "look again",
        "removing": "take out",
        "done": "over",
    }
    return named[found[0][0]] if found else "ask"


def _portal(points: UndoPoints, sample: int | None) -> Tally:
    if sample is None:
        return points.every(KINDS)
    calls = points.calls()
    return points.some(spread({kind: calls[kind] for kind in KINDS}, sample))


def _faulty(points: UndoPoints) -> Tally:
    every = [("sendto", 1 + at) for at in range(points.calls()["sendto"])]
    return points.some(every, until_harm=True)


def _count_before_asking() -> None:
    """What "at most once" does: a lead that is about to be taken out counts as gone."""
    from cleanlist_api.budget import Lane
    from connections import services as connections
    from imports.models import FoundLead
    from imports.services import reading_back

    remove = reading_back._remove

    def count_and_remove(read_back: Any, turn: Any) -> float:
        found = FoundLead.objects.filter(read_back=read_back, look=2, reason="")
        batch = list(found.filter(removed_at=None)[:LEADS_A_CALL])
        if not batch:
            return remove(read_back, turn)
        reading_back._note_removed(batch)
        client = connections.prepaid_client(Lane.IMPORT)
        client.remove_leads(read_back.run.list_id, [each.lead_id for each in batch])
        return 0.0

    reading_back._remove = count_and_remove


def _still_there(broken: list[str]) -> bool:
    return any("still in the list" in sentence for sentence in broken)


COUNTED_FIRST = Control(
    "counted as taken out, never resent", _count_before_asking, _still_there, "sendto"
)
