"""The moves of a person on a run: start, pause, resume, cancel, retry, decide, discard."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from enrichment.models import EnrichmentType
from imports.forms.check import AgainForm, StartForm
from imports.forms.run import DecideForm, asked
from imports.forms.undo import UndoForm
from imports.models import Again, Run, RunState
from imports.services import checking, evidence, naming, retrying, starting
from imports.services.retrying import BroughtSince
from imports.services.starting import (
    Approval,
    ImportedBefore,
    NotAsCompared,
    NotAsShown,
    NothingToSend,
)
from imports.views.access import get_run
from people.access import may_operate
from people.http import PortalRequest
from web.words import part_of

CHANGED = (
    "The import was not started: it may cost more than the page you pressed the button on "
    "said. Look at the figures and start it again."
)
NOTHING = "The import was not started: no row of the file can be imported."
TWICE = (
    "The import was not started: this file went into this list before. "
    "Tick “Import it again” if you mean to."
)
COMPARED_ANEW = (
    "The import was not started: another import into this list began, ended or was undone "
    "since this file was checked. It is compared with it again: look at the figures, then "
    "start it."
)
SENT_SINCE = (
    "Nothing was sent again: {later} of the same file into this list was started since, so "
    "these rows would be there twice. Upload the file again if you mean to."
)
BROUGHT_SINCE = (
    "Nothing was sent again: {rows} in this list by now, or may be soon, by import {runs}. "
    "Upload the file again: the check leaves out what is there, and the rest goes."
)
BUSY = (
    "Nothing was sent again: other imports into this list begin and end all the time. Try "
    "again in a moment."
)


@may_operate
@require_POST
def start(request: PortalRequest, run_id: int) -> HttpResponse:
    """Begin to import what the person saw on the check page, at most at that price."""
    run = get_run(run_id)
    form = StartForm(request.POST)
    if run.state != RunState.CHECKED:
        return redirect(run)
    refusal = CHANGED if not form.is_valid() else _begin(request, run, form)
    if refusal:
        messages.error(request, refusal)
        return redirect("imports:check", run.pk)
    return redirect(run)


@may_operate
@require_POST
def again(request: PortalRequest, run_id: int) -> HttpResponse:
    """Say what becomes of rows that earlier imports have brought: the file is checked anew."""
    run = get_run(run_id)
    form = AgainForm(request.POST)
    if form.is_valid():
        checking.start_check(run, Again(form.cleaned_data["again"]))
    query = f"?{request.GET.urlencode()}" if request.GET else ""
    return redirect(reverse("imports:check", args=[run.pk]) + query)


@may_operate
@require_POST
def name_rows(request: PortalRequest, run_id: int) -> HttpResponse:
    """Read the list back for the rows that the API skipped and did not name."""
    run = get_run(run_id)
    naming.ask(run, request.user)
    return redirect(run)


@may_operate
@require_POST
def cancel(request: PortalRequest, run_id: int) -> HttpResponse:
    run = get_run(run_id)
    starting.cancel_run(run, request.user)
    return redirect(run)


@may_operate
@require_POST
def resume(request: PortalRequest, run_id: int) -> HttpResponse:
    run = get_run(run_id)
    starting.resume_run(run, request.user)
    return redirect(run)


@may_operate
@require_POST
def pause(request: PortalRequest, run_id: int) -> HttpResponse:
    run = get_run(run_id)
    starting.pause_run(run, request.user)
    return redirect(run)


@may_operate
@require_POST
def retry(request: PortalRequest, run_id: int) -> HttpResponse:
    """Send again what did not go in; what an import may spend stays as approved."""
    run = get_run(run_id)
    return _again(request, run, lambda: retrying.retry_rows(run, request.user))


@may_operate
@require_POST
def decide(request: PortalRequest, run_id: int) -> HttpResponse:
    """A person's word on a call whose outcome the API can't tell any more."""
    run = get_run(run_id)
    form = DecideForm(request.POST)
    if form.is_valid():
        number, went_in = form.verdict
        person = request.user
        return _again(
            request,
            run,
            lambda: retrying.decide_unknown(run, number, person, went_in=went_in),
        )
    return redirect(run)


@may_operate
@require_POST
def look_for_evidence(request: PortalRequest, run_id: int) -> HttpResponse:
    """Read the list again for the rows of a call whose outcome is unknown."""
    run = get_run(run_id)
    number = asked(UndoForm(request.POST)).get("chunk")
    evidence.look_again(run, number or 0, request.user)
    return redirect(run)


@may_operate
@require_POST
def discard(request: PortalRequest, run_id: int) -> HttpResponse:
    """Drop an import that was not started; one that was is left alone."""
    run = get_run(run_id)
    if not starting.discard_run(run, request.user):
        return redirect(run)
    messages.info(request, f"Import {run.pk} is discarded; nothing was sent.")
    return redirect("imports:index")


def _again(request: PortalRequest, run: Run, move: Callable[[], int]) -> HttpResponse:
    """Make a move that may send rows again; what stands in its way is said."""
    try:
        move()
    except ImportedBefore as refusal:
        messages.error(request, SENT_SINCE.format(later=refusal.earlier))
    except BroughtSince as refusal:
        rows = part_of(refusal.rows, refusal.asked, "row")
        runs = ", ".join(f"{pk}" for pk in refusal.runs)
        messages.error(request, BROUGHT_SINCE.format(rows=rows, runs=runs))
    except NotAsCompared:
        messages.error(request, BUSY)
    return redirect(run)


def _begin(request: PortalRequest, run: Run, form: StartForm) -> str:
    """Start; what stood in the way in words, or "" once it runs."""
    enrich = EnrichmentType(form.cleaned_data["enrich"])
    agreed = form.cleaned_data
    approval = Approval(
        enrich,
        agreed["credits_most"],
        undoable=agreed["undoable"],
        canary=agreed["canary"],
        again=agreed["again"],
        only_missing=agreed["only_missing"],
    )
    try:
        starting.start_run(run, request.user, approval)
    except NotAsShown:
        return CHANGED
    except NotAsCompared:
        checking.start_check(run)
        return COMPARED_ANEW
    except NothingToSend:
        return NOTHING
    except ImportedBefore:
        return TWICE
    return ""
