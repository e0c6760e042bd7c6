"""Files and runs that import tests begin with."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from enrichment.models import EnrichmentType
from imports.models import Again, ReadBack, Run, RunState
from imports.services import (
    checking,
    read_backs,
    reading_back,
    sending,
    starting,
    uploads,
)
from imports.services.given import coverage_of
from imports.services.targets import Target
from imports.services.turns import take_turn
from people.models import Person

HEADER = "First name,Last name,Email,Company name"


def csv_of(rows: int, *, start: int = 1) -> str:
    """A clean file of `rows` leads, each with an address of its own."""
    lines = [f"Ann{n},Lee,ann{n}@example.com,Acme" for n in range(start, start + rows)]
    return "\n".join([HEADER, *lines]) + "\n"


def some_with_email(rows: int, every: int = 3) -> str:
    """The same, but each `every`th lead has no address, the first among them."""
    lines = [
        f"Ann{n},Lee,{'' if n % every == 1 else f'ann{n}@example.com'},Acme"
        for n in range(1, rows + 1)
    ]
    return "\n".join([HEADER, *lines]) + "\n"


def uploaded(
    person: Person, folder: Path, text: str, list_name: str = "Spring", list_id: str = ""
) -> Run:
    path = folder / "leads.csv"
    path.write_text(text)
    return uploads.create_run(person, uploads.keep_copy(path), Target(list_name, list_id))


def checked(
    person: Person,
    folder: Path,
    text: str,
    list_name: str = "Spring",
    list_id: str = "",
    *,
    again: Again | None = None,
) -> Run:
    run = uploaded(person, folder, text, list_name, list_id)
    checking.start_check(run, again)
    checking.check(run.pk)
    run.refresh_from_db()
    assert run.state == RunState.CHECKED, run.problem
    return run


def started(
    person: Person,
    folder: Path,
    text: str,
    kind: EnrichmentType = EnrichmentType.OFF,
    list_name: str = "Spring",
    list_id: str = "",
    *,
    undoable: bool = True,
    canary: bool = False,
    again: Again | None = None,
    only_missing: bool = False,
) -> Run:
    run = checked(person, folder, text, list_name, list_id, again=again)
    most = coverage_of(run, kind, only_missing=only_missing).most
    approval = starting.Approval(
        kind, most, undoable=undoable, canary=canary, only_missing=only_missing
    )
    assert starting.start_run(run, person, approval)
    run.refresh_from_db()
    return run


def worked(run: Run) -> Run:
    """Let the worker's service work on the run until it has to wait for something, and again
    where it only let another have the worker."""
    for _ in range(10):
        sending.advance(run.pk, slice_seconds=60.0)
        if not Run.objects.due(timezone.now()).filter(pk=run.pk).exists():
            break
    run.refresh_from_db()
    return run


def looked(run: Run, person: Person, number: int | None = None) -> ReadBack:
    """Have the list read back for an undo, to its end."""
    return read_through(read_backs.ask_undo(run, person, number))


def undone(run: Run, person: Person, number: int | None = None) -> ReadBack:
    """Undo a run (or one call of it) as far as it goes."""
    undo = looked(run, person, number)
    assert read_backs.confirm(undo, person, read_backs.findings_of(undo).removable)
    return read_through(undo)


def read_through(read_back: ReadBack) -> ReadBack:
    """Let the worker's service work on a read-back until it has to wait for something, and
    again where it only let another have the worker."""
    for _ in range(10):
        reading_back.advance(read_back.pk, slice_seconds=60.0)
        if not ReadBack.objects.due(timezone.now()).filter(pk=read_back.pk).exists():
            break
    read_back.refresh_from_db()
    return read_back


def stepped(run: Run) -> Run:
    """Let the worker's service do one thing for the run: one call of the API."""
    run.refresh_from_db()
    with take_turn(run.pk) as turn:
        sending.step(run, turn)
    run.refresh_from_db()
    return run
