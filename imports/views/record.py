"""The audit record of an import: who, when, which file, how it was read, what was planned.

Apart from the run's page, which few leave for it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Q
from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from imports.core.outcomes import FIELDS
from imports.models import Chunk, Run
from imports.services import given, noting
from imports.services.manifest import manifest
from imports.views import cards
from imports.views.access import get_run, run_and_around
from lists.fragments import answer
from people.access import may_view
from people.http import PortalRequest
from people.trail import Line, lines_about
from web.words import count


@dataclass(frozen=True)
class Record:
    """What of a run never changes once it was started, and who did what to it."""

    sha256: str
    size: str
    reading: str
    header: str
    plan: str
    mapping: list[tuple[str, str]]
    trail: list[Line]


@may_view
@require_safe
def show(request: PortalRequest, run_id: int) -> HttpResponse:
    """What of the import is for keeping; the run's page asks for it when it is opened."""
    run = get_run(run_id)
    context = {"run": run, "record": record_of(run)}
    return answer(request, "imports/record.html", context, parts=("record",))


def record_of(run: Run) -> Record:
    """Three queries."""
    calls = Chunk.objects.of_plan(run).aggregate(
        all=Count("pk"), enriching=Count("pk", filter=Q(enriches=True))
    )
    chunks = cards.call_words(calls["all"], calls["enriching"] if run.enriches else 0)
    columns = sorted((at, field) for field, at in run.mapping.items())
    return Record(
        sha256=run.file_sha256,
        size=f"{run.file_size:,} bytes",
        reading=cards.reading_words(run),
        header=f"row {run.header_row}" if run.header_row else "none",
        plan=f"{count(run.rows_ready, 'row')} in {chunks} calls{_parted(run)}{_noted(run)}",
        mapping=[(FIELDS[field], run.headers[at]) for at, field in columns],
        trail=lines_about(run),
    )


def _parted(run: Run) -> str:
    if not run.enriches_only_missing:
        return ""
    rows = given.rows_covered(run)
    return f"; {rows:,} to enrich, {run.rows_ready - rows:,} as they are"


def _noted(run: Run) -> str:
    pages = noting.pages_noted(run)
    return f"; the list was read first in {count(pages, 'call')}" if pages else ""


@may_view
@require_safe
def download(request: PortalRequest, run_id: int) -> HttpResponseBase:
    """What was planned, asked and answered, as one JSON document."""
    run, near = run_and_around(run_id)
    response = StreamingHttpResponse(manifest(run, near), content_type="application/json")
    response["Content-Disposition"] = f'attachment; filename="import-{run.pk}.json"'
    return response
