"""The third step: what would be sent, what not and why, and what it may cost."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRedirect

from connections import services as connections
from connections.notices import notice
from imports.core import canary
from imports.forms.check import CheckQuery, check_query
from imports.models import Again, Run, RunState
from imports.services import given, noting, problems, starting
from imports.services.around import Around
from imports.services.left_out import left_out_of
from imports.views import cards, problem_table, steps
from imports.views.access import get_run, lack_to_import, may_operate, run_and_around
from imports.views.choices import enrichment_options, missing_choice
from imports.views.known_rows import known_rows
from lists.fragments import answer
from lists.links import address
from people.access import may_view
from people.http import PortalRequest


@may_view
@require_safe
def show(request: PortalRequest, run_id: int) -> HttpResponse:
    """While the check runs: how far it is. Then what it found, and the plan."""
    run, near = run_and_around(run_id)
    if run.state != RunState.CHECKING and not run.plan:
        return _go_to(request, "imports:map" if run.is_before_start else "imports:run", run)
    context: dict[str, Any] = {
        "run": run,
        "steps": steps.steps_of(run, steps.CHECK, may_operate=may_operate(request)),
        "may_operate": may_operate(request),
        "here": address(request),
        "is_checking": run.state == RunState.CHECKING,
        "percent": int(run.checked_share * 100),
    }
    context |= _checking(run) if context["is_checking"] else _checked(request, run, near)
    return answer(request, "imports/check.html", context, parts=("check", "problems"))


@may_view
@require_safe
def problem_rows(request: PortalRequest, run_id: int) -> HttpResponseBase:
    """Every row that is left out, with why, as a file to mend and upload again."""
    run = get_run(run_id)
    name = run.file_name.rsplit(".", 1)[0][:100]
    response = StreamingHttpResponse(
        problems.problem_file(run), content_type="text/csv; charset=utf-8"
    )
    disposition = content_disposition_header(True, f"{name} - rows left out.csv")
    response["Content-Disposition"] = disposition or "attachment"
    return response


def _go_to(request: PortalRequest, name: str, run: Run) -> HttpResponse:
    if request.htmx:
        return HttpResponseClientRedirect(reverse(name, args=[run.pk]))
    return redirect(name, run.pk)


def _checking(run: Run) -> dict[str, Any]:
    return {"summary": cards.map_card(run)}


def _checked(request: PortalRequest, run: Run, near: Around) -> dict[str, Any]:
    query = check_query(request.GET)
    is_open = run.state == RunState.CHECKED
    found = problem_table.problem_table(run, query)
    context = {
        "query": query,
        "table": found,
        "segments": problem_table.segments(request, run, query),
        "reasons": problem_table.reason_chips(request, run, query),
        "newer": address(request, page=found.page.newer) if found.page.newer else "",
        "older": address(request, page=found.page.older) if found.page.older else "",
        "is_open": is_open,
        "left_out": left_out_of(run),
        "known": known_rows(run),
        "may_choose": is_open and may_operate(request),
    }
    return context | (_plan(request, run, near, query) if is_open else {"summary": _sent(run)})


def _plan(request: PortalRequest, run: Run, near: Around, query: CheckQuery) -> dict[str, Any]:
    """The API is asked for the balance at most once a minute, never by a fragment."""
    calls_before = noting.calls_for(near.leads) if run.list_id else 0
    reading = connections.peek_credits() if request.htmx else connections.credits()
    lack = lack_to_import(query.enrich)
    covered = given.coverage_of(run, query.enrich, only_missing=query.only_missing)
    plan = cards.plan_of(run, near, covered, reading, canary=query.canary)
    return {
        "plan": plan,
        "summary": plan.facts,
        "options": enrichment_options(query.enrich, run, only_missing=query.only_missing),
        "missing": missing_choice(run, covered),
        "only_missing": query.only_missing,
        "canary_rows": canary.size_of(covered.rows or run.rows_ready)
        if covered.calls > 1
        else 0,
        "notice": notice(reading.problem) if reading.problem else None,
        "earlier": None if run.again == Again.ALL else starting.earlier_import(run),
        "calls_before": calls_before,
        "notes_unasked": calls_before <= noting.MOST_CALLS_UNASKED,
        "lack": lack,
        "can_start": run.rows_ready > 0 and not plan.short and not lack,
    }


def _sent(run: Run) -> list[list[cards.Fact]]:
    rows = cards.Fact("Rows to send", f"{run.rows_ready:,} of {run.rows_in:,}")
    return [[*cards.file_facts(run), rows]]
