"""Every crash point of an undo: kill at each system call, go on, look into the list.

The list had leads before, one of them the same person as a row, which counts by the lead that
the import added. An undo that is killed
anywhere must in the end have taken out what the import added, nothing else, and say so; one
that a person stops meanwhile (`chaos.stops`), what it says, and no more.
"""

from __future__ import annotations

import time
from typing import Any

from chaos.controls import Control
from chaos.invariants import Books
from chaos.pace import MOMENT, hurry, let_turns_expire
from chaos.place import Place
from chaos.points import Points
from chaos.worker import PATIENCE, Job

LEADS_BEFORE = 3
LEADS_A_CALL = 5
PHASES = ("ask", "look", "agree", "look again", "take out", "stop", "over")


class UndoPoints(Points):
    """Trials of an undo, from asking for it to its end."""

    title = "the portal's, at an undo"

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

    def broken(self, job: Job, ours: dict[str, Any], books: Books) -> list[str]:
        broken = self.harm(books)
        if left := self.still_there():
            broken.append(f"{left} leads are still in the list")
        wanted = {"state": "done", "undone": job.rows, "out": job.rows, "kept": 0, "told": 1}
        if ours != wanted:
            broken.append(f"the portal says {ours}, not {wanted}")
        return broken

    def removed(self, books: Books) -> list[str]:
        return [e["lead_id"] for e in books.entries() if e["kind"] == "lead_removed"]

    def still_there(self) -> int:
        """How many leads are in the list beyond those that were before."""
        return len(self.place.sandbox.emails(self.list_id)) - len(self.before)

    def harm(self, books: Books) -> list[str]:
        """What no undo may do, wherever it ended."""
        removed, left = self.removed(books), self.place.sandbox.emails(self.list_id)
        broken = []
        if len(set(removed)) != len(removed):
            broken.append("a lead was taken out twice")
        if missing := [email for email in self.before if email not in left]:
            broken.append(f"{len(missing)} leads lost that were there before")
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
    from imports.services import read_backs, removing

    hurry()
    removing.REMOVED_A_CALL = LEADS_A_CALL
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
        elif look.state in {ReadBackState.DONE, ReadBackState.STOPPED}:
            break
        else:
            _one_round(look.pk)
    return _account(run)


def agreed() -> None:
    """Ask for an undo of the only run and bring it to its first removal."""
    from imports.models import ReadBack, ReadBackState, Run
    from imports.services import read_backs, reading_back
    from imports.services.turns import take_turn

    run = Run.objects.get()
    look = read_backs.ask_undo(run, run.created_by)
    while look.state != ReadBackState.REMOVING:
        if look.state == ReadBackState.READ:
            read_backs.confirm(look, run.created_by, read_backs.findings_of(look).removable)
        else:
            with take_turn(look.pk, ReadBack) as turn:
                assert turn is not None
                reading_back.step(look, turn)
        look.refresh_from_db()


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
    found = read_backs.findings_of(look) if look else None
    return {
        "state": look.state if look else "",
        "undone": sums.rows_of(run).undone,
        "out": found.removed if found else 0,
        "kept": found.kept_leads if found else 0,
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
        "stopping": "stop",
        "stopped": "over",
        "done": "over",
    }
    return named[found[0][0]] if found else "ask"


def _count_before_asking() -> None:
    """What "at most once" does: a lead that is about to be taken out counts as gone."""
    from imports.services import removing

    note = removing._note_asked

    def note_as_gone(batch: Any, turn: Any) -> bool:
        noted = note(batch, turn)
        if noted:
            removing._note_removed(batch, turn)
        return noted

    removing._note_asked = note_as_gone


def _still_there(broken: list[str]) -> bool:
    return any("still in the list" in sentence for sentence in broken)


COUNTED_FIRST = Control(
    "counted as taken out, never resent", _count_before_asking, _still_there, "sendto"
)
