"""Undoing an import: what it would take out of the list, what it keeps and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from connections.notices import Notice
from imports.forms.run import asked
from imports.forms.undo import ConfirmUndoForm, UndoForm
from imports.models import KeepReason, Purpose, ReadBack, ReadBackState, Run
from imports.models.read_backs import AT_WORK
from imports.services import noting, read_backs, undo_length
from imports.services.around import Around
from imports.services.read_backs import CannotUndo, Findings, NotAsShown
from imports.views.access import get_run, run_and_around
from imports.views.access import may_operate as operates
from imports.views.bars import Segment, stacked
from imports.views.words import span
from lists.fragments import answer
from lists.links import address
from people.access import may_operate, may_view
from people.http import PortalRequest
from web.words import count, counted

TONES = {
    KeepReason.THERE_BEFORE: "none",
    KeepReason.ENRICHED: "accent",
    KeepReason.CHANGED: "accent",
}
POLL_SECONDS = 1
OUT = "out"
# While these last, a new look is either under way or one button of many.
WITHOUT_OFFER = AT_WORK | {ReadBackState.READ}
UNREAD = "The list could not be read to its end"
NOT_KNOWN = (
    "Of {leads} it is not known whether they are still in the list: the removal had no answer."
)
NEXT = "Look again when that is mended."
CHANGED = (
    "Nothing was taken out: what would be taken out is not what the page you pressed the "
    "button on said. Look again."
)


@may_view
@require_safe
def show(request: PortalRequest, run_id: int) -> HttpResponse:
    """Before, during and after an undo, from our own tables; ends its own polling."""
    run, near = run_and_around(run_id)
    query = asked(UndoForm(request.GET))
    number = query.get("chunk") or 0
    undo = read_backs.latest_undo(run, number)
    context: dict[str, Any] = {
        "run": run,
        "number": number,
        "undo": undo,
        "here": address(request),
        "poll_seconds": POLL_SECONDS,
        "may_operate": operates(request),
    }
    if undo is None or undo.state not in WITHOUT_OFFER:
        context |= _offer(run, near)
    if undo and undo.state != ReadBackState.READING:
        context |= _found(request, undo, query)
    if undo and (undo.is_at_work or undo.state == ReadBackState.READ):
        length = undo_length.length_of(undo, near, context.get("findings"))
        context["left"] = _in_words(length)
    return answer(request, "imports/undo.html", context, parts=("undo", "found"))


@may_operate
@require_POST
def look(request: PortalRequest, run_id: int) -> HttpResponse:
    """Have the list read back; nothing is taken out by this."""
    run = get_run(run_id)
    number = asked(UndoForm(request.POST)).get("chunk")
    try:
        read_backs.ask_undo(run, request.user, number)
    except CannotUndo as refusal:
        messages.error(request, str(refusal))
    return _back(run, number)


@may_operate
@require_POST
def confirm(request: PortalRequest, run_id: int) -> HttpResponse:
    """Take out what the person was shown, as far as it is still so."""
    run = get_run(run_id)
    form = ConfirmUndoForm(request.POST)
    undo = _undo_of(run, form)
    if undo is None:
        messages.error(request, CHANGED)
        return _back(run, None)
    try:
        read_backs.confirm(undo, request.user, form.cleaned_data["leads"])
    except NotAsShown:
        messages.error(request, CHANGED)
    except CannotUndo as refusal:
        messages.error(request, f"Nothing was taken out. {refusal}")
    return _back(run, undo.chunk.number if undo.chunk else None)


@may_operate
@require_POST
def stop(request: PortalRequest, run_id: int) -> HttpResponse:
    run = get_run(run_id)
    number = asked(UndoForm(request.POST)).get("chunk")
    undo = read_backs.latest_undo(run, number)
    if undo:
        read_backs.stop(undo, request.user)
    return _back(run, number)


def _offer(run: Run, near: Around) -> dict[str, Any]:
    """What looking (again) would cost, or what stands in its way."""
    refusal = read_backs.in_the_way(run)
    look = {} if refusal else {"left": _in_words(undo_length.length_of_look(run, near))}
    calls = noting.calls_for(near.leads) if run.list_id else 0
    return {"in_the_way": refusal, "calls": calls} | look


def _in_words(length: timedelta | None) -> str:
    return span(length) if length else ""


def _undo_of(run: Run, form: ConfirmUndoForm) -> ReadBack | None:
    if not form.is_valid():
        return None
    undos = ReadBack.objects.filter(run=run, purpose=Purpose.UNDO).select_related("chunk")
    return undos.filter(pk=form.cleaned_data["read_back"]).first()


def _back(run: Run, number: int | None) -> HttpResponse:
    page = reverse("imports:undo", args=[run.pk])
    return redirect(f"{page}?chunk={number}" if number else page)


def _found(request: PortalRequest, undo: ReadBack, query: dict[str, Any]) -> dict[str, Any]:
    findings = read_backs.findings_of(undo)
    shown = query.get("show") or _first_shown(findings)
    reason = KeepReason("" if shown == OUT else shown)
    page = read_backs.found_page(undo, reason, query.get("page") or 1)
    return {
        "findings": findings,
        "failure": _failure(undo, findings),
        "segments": _segments(request, undo, findings, shown),
        "found": page,
        "reason": reason.label if reason else removable_words(undo),
        "in_flight": in_flight_words(undo),
        "newer": address(request, page=page.newer) if page.newer else "",
        "older": address(request, page=page.older) if page.older else "",
    }


def _failure(undo: ReadBack, findings: Findings) -> Notice:
    """What a failed look, or undo, left behind."""
    title = "The undo ended early" if undo.is_confirmed else UNREAD
    in_list = undo.run.list_name
    said = f"{counted(findings.removed, 'lead was', 'leads were')} taken out of {in_list}."
    if not findings.removed:
        said = "" if findings.in_flight else "Nothing was taken out."
    if findings.in_flight:
        said += f" {NOT_KNOWN.format(leads=count(findings.in_flight, 'lead'))}"
    meaning = f"{undo.problem} {said}".strip()
    return Notice(title, meaning, NEXT, undo.request_id, "warn")


def _first_shown(findings: Findings) -> str:
    """What would go; only when nothing would, what stays."""
    if findings.removable or not findings.kept:
        return OUT
    return max(findings.kept, key=lambda reason: findings.kept[reason]).value


def _segments(
    request: PortalRequest, undo: ReadBack, findings: Findings, shown: str
) -> list[Segment]:
    removable = findings.removable - findings.removed - findings.in_flight
    is_over = not removable and not findings.in_flight
    parts = [_taken_out(request, findings, shown, is_over=is_over)] if findings.removed else []
    if findings.in_flight:
        parts.append(Segment(in_flight_words(undo), findings.in_flight, "warn"))
    if removable or not parts:
        href = address(request, show=OUT, page=None)
        out = Segment(removable_words(undo), removable, "bad", href)
        parts.append(replace(out, active=shown == OUT))
    parts += [_kept(request, reason, leads, shown) for reason, leads in findings.kept.items()]
    if findings.missing:
        parts.append(Segment("not in the list any more", findings.missing))
    return stacked(parts, sum(part.value for part in parts))


def _taken_out(
    request: PortalRequest, findings: Findings, shown: str, *, is_over: bool
) -> Segment:
    """Once nothing else is to go, what shows the leads taken out; until then they stand among
    those to go."""
    part = Segment("taken out", findings.removed, "good")
    if not is_over:
        return part
    return replace(part, href=address(request, show=OUT, page=None), active=shown == OUT)


def _kept(request: PortalRequest, reason: KeepReason, leads: int, shown: str) -> Segment:
    href = address(request, show=reason.value, page=None)
    label = reason.label[:1].lower() + reason.label[1:]
    return Segment(label, leads, TONES.get(reason, "warn"), href, reason.value == shown)


def removable_words(undo: ReadBack) -> str:
    """What is said of the leads that only this import added."""
    if not undo.is_confirmed:
        return "would be taken out"
    goes_on = undo.is_at_work and undo.state != ReadBackState.STOPPING
    return "still to take out" if goes_on else "not taken out"


def in_flight_words(undo: ReadBack) -> str:
    """What is said of the leads whose removal has no answer."""
    return "in flight" if undo.is_at_work else "not known"
