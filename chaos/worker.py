"""One import from the file to the last credit, in one process, by the portal's services.

What web and worker do in several processes happens here in one, step after step, and each
step is found due by the rule the workers use. So a process that is killed anywhere in it
is followed by one that finds out by itself what is left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaos.pace import MOMENT, hurry, let_turns_expire

PATIENCE = 20.0


@dataclass(frozen=True)
class Job:
    """A file to import: `rows` leads whose addresses are no other job's; `canary`: a few of
    them first, the rest once `go_on` has said so."""

    name: str
    rows: int
    folder: Path
    enrichment: str = "partial"
    canary: bool = False

    @property
    def path(self) -> Path:
        return self.folder / f"{self.name}.csv"

    @property
    def emails(self) -> list[str]:
        return [f"{self.name}-{row}@example.com" for row in range(self.rows)]

    def write(self) -> None:
        lines = [f"Ann,Lee,{email},Acme" for email in self.emails]
        head = "First name,Last name,Email,Company name"
        self.path.write_text("\n".join([head, *lines]) + "\n")


def work(job: Job, *, again: bool = False) -> dict[str, Any]:
    """Do what is left of the job; return what the portal then says of it.

    `again`: another process died at it before, so long ago that its turn has expired.
    """
    from imports.models import Run
    from jobs import seat

    hurry()
    if again:
        let_turns_expire()
    with seat.taken(job.name):
        run = _taken_in(job)
        end = time.monotonic() + PATIENCE
        while not run.is_over and time.monotonic() < end:
            _one_round(run, job)
            run = Run.objects.get(pk=run.pk)
        return _account(run)


def _taken_in(job: Job) -> Any:
    """The run of the job's file; a person whose upload broke off uploads again."""
    from imports.models import Run
    from imports.services import uploads
    from imports.services.targets import Target
    from people.models import Person

    if made := Run.objects.filter(form_nonce=job.name).first():
        return made
    stored = uploads.keep_copy(job.path)
    return uploads.create_run(
        Person.objects.get(), stored, Target(job.name), form_nonce=job.name
    )


def _start(run: Any, job: Job) -> None:
    """Start a checked run and approve what it may cost."""
    from enrichment.models import EnrichmentType
    from enrichment.services import most_credits
    from imports.services import starting

    most = most_credits(run.rows_ready, job.enrichment)
    approval = starting.Approval(EnrichmentType(job.enrichment), most, canary=job.canary)
    starting.start_run(run, run.created_by, approval)


def _one_round(run: Any, job: Job) -> None:
    from django.utils import timezone

    from enrichment import polls
    from imports.models import Run, RunState
    from imports.services import checking, sending

    if run.state == RunState.UPLOADED:
        checking.start_check(run)
    elif run.state == RunState.CHECKED:
        _start(run, job)
    elif Run.objects.due(timezone.now()).filter(pk=run.pk).exists():
        step = checking.check if run.state == RunState.CHECKING else sending.advance
        step(run.pk)
    elif not polls.poll_due():
        time.sleep(MOMENT / 5)


def _account(run: Any) -> dict[str, Any]:
    """What the run's page shows, how often its person was told of its end, and asked."""
    from imports.services import progress
    from people.models import Notice, NoticeKind

    shown = progress.as_json(progress.progress_of(run))
    told = Notice.objects.filter(url=run.get_absolute_url())
    asked = told.filter(kind=NoticeKind.NEEDS_YOU).count()
    return shown | {"problem": run.problem, "told": told.count() - asked, "asked": asked}


def checked(job: Job) -> int:
    """Take the job's file in and check it; return the run's number."""
    from imports.services import checking

    run = _taken_in(job)
    checking.start_check(run)
    checking.check(run.pk)
    pk: int = run.pk
    return pk


def started(job: Job) -> int:
    """Take the job's file in, check it and start its run; return the run's number."""
    from imports.models import Run

    run = checked(job)
    _start(Run.objects.get(pk=run), job)
    return run


def go_on(run: int) -> bool:
    """A person's word on the canary of the run of this number."""
    from imports.models import Run
    from imports.services import starting

    found = Run.objects.get(pk=run)
    return starting.resume_run(found, found.created_by)


def asked_for_the_word(job: Job) -> int:
    """Do the job until its run waits for the word on its canary; the run's number."""
    from imports.models import Run, RunState

    hurry()
    run = _taken_in(job)
    while run.state != RunState.PAUSED:
        _one_round(run, job)
        run = Run.objects.get(pk=run.pk)
    return int(run.pk)


def go_on_with(job: Job) -> dict[str, Any]:
    """A person's word on the canary of the job's run; what the portal then says of it."""
    from imports.models import Run

    run = Run.objects.get(form_nonce=job.name)
    go_on(run.pk)
    return account_of(run.pk)


def account_of(run: int) -> dict[str, Any]:
    """What the portal says of the run of this number."""
    from imports.models import Run

    return _account(Run.objects.get(pk=run))


def worker() -> None:
    """The portal's worker, in a hurry."""
    hurry()
    patient_worker()


def patient_worker() -> None:
    """The portal's worker as it is."""
    from jobs.worker import Worker

    Worker().run()
