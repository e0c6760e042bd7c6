"""Files and runs that import tests begin with."""

from __future__ import annotations

from pathlib import Path

from enrichment.models import EnrichmentType
from enrichment.services import most_credits
from imports.models import Run, RunState
from imports.services import checking, sending, starting, uploads
from imports.services.targets import Target
from imports.services.turns import take_turn
from people.models import Person

HEADER = "First name,Last name,Email,Company name"


def csv_of(rows: int, *, start: int = 1) -> str:
    """A clean file of `rows` leads, each with an address of its own."""
    lines = [f"Ann{n},Lee,ann{n}@example.com,Acme" for n in range(start, start + rows)]
    return "\n".join([HEADER, *lines]) + "\n"


def uploaded(person: Person, folder: Path, text: str, list_name: str = "Spring") -> Run:
    path = folder / "leads.csv"
    path.write_text(text)
    return uploads.create_run(person, uploads.keep_copy(path), Target(list_name))


def checked(person: Person, folder: Path, text: str, list_name: str = "Spring") -> Run:
    run = uploaded(person, folder, text, list_name)
    checking.start_check(run)
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
) -> Run:
    run = checked(person, folder, text, list_name)
    most = most_credits(run.rows_ready, kind)
    assert starting.start_run(run, person, starting.Approval(kind, most))
    run.refresh_from_db()
    return run


def worked(run: Run) -> Run:
    """Let the worker's service work on the run until it has to wait for something."""
    sending.advance(run.pk, slice_seconds=3.0)
    run.refresh_from_db()
    return run


def stepped(run: Run) -> Run:
    """Let the worker's service do one thing for the run: one call of the API."""
    with take_turn(run.pk) as turn:
        sending.step(run, turn)
    run.refresh_from_db()
    return run
