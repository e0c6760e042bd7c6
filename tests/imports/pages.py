"""What tests of import pages share: addresses, requests as htmx makes them, made-up runs."""

from __future__ import annotations

import re
from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from imports.models import Chunk, ChunkState, ProblemRow, ProblemSource, Run, RunState
from people.models import Person

PLAN = "plan"
MAPPING = {"first_name": 0, "email": 1}


def at(name: str, run: Run | int) -> str:
    return reverse(f"imports:{name}", args=[run if isinstance(run, int) else run.pk])


def htmx(target: str, **more: str) -> dict[str, str]:
    return {"HX-Request": "true", "HX-Target": target} | more


def squeezed(response) -> str:
    return re.sub(r"\s+", "", response.content.decode())


def words(response) -> str:
    """The page's text, tags and runs of white space taken out."""
    text = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", text)


def csv_file(text: str = "First name,Email\nAnn,ann@example.com\n", name: str = "leads.csv"):
    return SimpleUploadedFile(name, text.encode(), content_type="text/csv")


def made_run(person: Person, state: str = RunState.UPLOADED, **fields) -> Run:
    """A run in any state, without a file behind it."""
    facts = {
        "created_by": person,
        "file_name": "leads.csv",
        "file_size": 2_048,
        "file_sha256": "0" * 64,
        "stored_name": "none.table",
        "list_name": "Spring",
        "encoding": "utf-8",
        "delimiter": ",",
        "quotechar": '"',
        "headers": ["First name", "Email"],
        "mapping": MAPPING,
        "state": state,
    }
    if state not in {RunState.UPLOADED, RunState.CHECKING}:
        facts |= {"plan": PLAN, "checked_share": 1.0}
    if state not in {RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED}:
        facts |= {
            "list_id": "list-1",
            "started_by": person,
            "started_at": timezone.now() - timedelta(seconds=40),
            "beat_at": timezone.now(),
        }
    return Run.objects.create(**facts | fields)


def with_chunks(run: Run, *states: str, rows: int = 600) -> Run:
    """Give the run a chunk in each of `states`; done ones imported all their rows."""
    Chunk.objects.bulk_create(
        Chunk(
            run=run,
            plan=run.plan,
            number=number,
            rows=rows,
            row_numbers=f"{2 + (number - 1) * rows}-{1 + number * rows}",
            body_bytes=1,
            body_sha256="0" * 64,
            state=state,
            rows_imported=rows if state == ChunkState.DONE else 0,
            request_id=f"req_{number}" if state != ChunkState.READY else "",
        )
        for number, state in enumerate(states, 1)
    )
    run.calls_planned = len(states)
    run.rows_ready = rows * len(states)
    run.rows_in = run.rows_ready + run.rows_skipped + run.rows_blank
    run.save()
    return run


def with_problem(run: Run, row: int, reason: str, *cells: str, **fields) -> Run:
    """Leave a row of the file out for `reason`."""
    ProblemRow.objects.create(
        run=run,
        plan=run.plan,
        source=ProblemSource.CHECK,
        row=row,
        reason=reason,
        cells=list(cells),
        search_text=" ".join(cells).lower(),
        **fields,
    )
    run.skip_reasons[reason] = run.skip_reasons.get(reason, 0) + 1
    run.rows_skipped += 1
    run.rows_in += 1
    run.save()
    return run
