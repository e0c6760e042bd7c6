"""The second step: how the file is read, and which column goes where."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from imports.core.outcomes import UnreadableFile
from imports.forms.mapping import (
    FIELD_CHOICES,
    HeaderForm,
    MappingForm,
    ReadingForm,
    shown_columns,
)
from imports.models import Run, RunState
from imports.services import checking, mapping
from imports.services.mapping import BadMapping, Column, Preview, RowAbove
from imports.views import cards, steps
from imports.views.access import get_run, may_operate, posting_needs_operator
from lists.fragments import answer
from people.access import may_view
from people.http import PortalRequest


@may_view
@posting_needs_operator
@require_http_methods(["GET", "HEAD", "POST"])
def map_columns(request: PortalRequest, run_id: int) -> HttpResponse:
    """Show how the file is read; a POST changes the reading or a column, or goes on."""
    run = get_run(run_id)
    if request.method != "POST":
        return _page(request, run)
    if not run.is_before_start:
        return redirect(run)
    if "header_choice" in request.POST:
        return _choose_header(request, run)
    if request.POST.get("action") == "read":
        return _read_anew(request, run)
    return _keep_mapping(request, run, goes_on=request.POST.get("action") == "check")


def _read_anew(request: PortalRequest, run: Run) -> HttpResponse:
    form = ReadingForm(request.POST, dialect=mapping.dialect_of(run))
    problem = "" if form.is_valid() else "The file can't be read that way."
    if not problem and form.chosen != mapping.dialect_of(run):
        try:
            mapping.change_dialect(run, form.chosen)
        except UnreadableFile as refused:
            problem = refused.sentence
            run.refresh_from_db()
    return _changed(request, run, problem)


def _choose_header(request: PortalRequest, run: Run) -> HttpResponse:
    form = HeaderForm(request.POST)
    problem = "" if form.is_valid() else "That row can't be the header."
    if not problem:
        try:
            mapping.choose_header(run, form.cleaned_data["header_choice"])
        except UnreadableFile as refused:
            problem = refused.sentence
            run.refresh_from_db()
    return _changed(request, run, problem)


def _keep_mapping(request: PortalRequest, run: Run, *, goes_on: bool) -> HttpResponse:
    latest = (request.htmx.trigger_name or "") if request.htmx else ""
    form = MappingForm(request.POST, run=run, latest=latest)
    if not form.is_valid():
        words = " ".join(map(str, form.non_field_errors())) or "That field is not known."
        return _changed(request, run, words, form.field_of)
    try:
        if form.mapping != run.mapping:
            mapping.change_mapping(run, form.mapping)
        if goes_on:
            _check_if_needed(run)
            return redirect("imports:check", run.pk)
    except BadMapping as refused:
        return _changed(request, run, str(refused), form.field_of)
    return _changed(request, run)


def _check_if_needed(run: Run) -> None:
    """A check that still holds, or is under way, is not done again."""
    if run.state == RunState.UPLOADED:
        checking.start_check(run)


def _changed(
    request: PortalRequest, run: Run, problem: str = "", field_of: dict[int, str] | None = None
) -> HttpResponse:
    """After a POST: htmx gets the part, a browser without it the page at its address."""
    if request.htmx or problem:
        return _page(request, run, problem, field_of)
    return redirect("imports:map", run.pk)


def _page(
    request: PortalRequest, run: Run, problem: str = "", field_of: dict[int, str] | None = None
) -> HttpResponse:
    shown, unreadable = _preview(run)
    columns = _columns(run, shown, field_of)
    context: dict[str, Any] = {
        "run": run,
        "steps": steps.steps_of(run, steps.MAP, may_operate=may_operate(request)),
        "may_change": may_operate(request) and run.is_before_start,
        "reading": ReadingForm(dialect=mapping.dialect_of(run)),
        "notes": _notes(run),
        "above": _rows_above(run),
        "sent": [column for column in columns if column.field],
        "not_sent": _empty_last([column for column in columns if not column.field]),
        "unfolded": "unfolded" in request.POST,
        "hidden": len(run.headers) - len(columns),
        "fields": FIELD_CHOICES,
        "preview": shown,
        "problem": problem or _left_behind(run) or unreadable,
        "is_stale": run.state == RunState.UPLOADED and run.rows_in > 0,
        "summary": cards.map_card(run),
    }
    return answer(request, "imports/map.html", context, parts=("map",))


def _preview(run: Run) -> tuple[Preview, str]:
    try:
        return mapping.preview(run), ""
    except UnreadableFile as refused:
        return Preview(tuple(run.headers), ()), refused.sentence
    except FileNotFoundError:
        words = "The file is not on the portal's disk any more, so there are no samples."
        return Preview(tuple(run.headers), ()), words


def _rows_above(run: Run) -> list[RowAbove]:
    try:
        return mapping.rows_above_header(run) if run.is_before_start else []
    except FileNotFoundError:
        return []


def _columns(run: Run, shown: Preview, field_of: dict[int, str] | None) -> list[Column]:
    offered = set(shown_columns(run))
    columns = [column for column in mapping.columns_of(run, shown) if column.index in offered]
    if field_of is None:
        return columns
    return [replace(column, field=field_of.get(column.index, "")) for column in columns]


def _empty_last(columns: list[Column]) -> list[Column]:
    return sorted(columns, key=lambda column: not column.samples)


def _notes(run: Run) -> list[str]:
    """What the detection found worth saying, as long as the person has not decided anew."""
    is_as_detected = run.detected.get("dialect") == asdict(mapping.dialect_of(run))
    notes: list[str] = run.detected.get("notes", [])
    return notes if is_as_detected else []


def _left_behind(run: Run) -> str:
    """What the last check said when it sent the person back here."""
    return run.problem if run.state == RunState.UPLOADED else ""
