"""The last step: the import under way, and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from imports.forms.run import RunForm, asked
from imports.models import PauseReason, Run, RunState
from imports.models.runs import WORKING
from imports.services import problems
from imports.services.around import find
from imports.services.calls import call_of
from imports.services.progress import Progress, progress_of
from imports.services.versions import Version, version_of
from imports.views import canary_card, cards, naming, sentences, steps
from imports.views.access import may_operate
from imports.views.bars import Segment, stacked
from imports.views.failed_calls import failed_calls
from imports.views.grid import KEPT, grid_of, list_of
from imports.views.watched import Look, Part, crowd, parts, unchanged
from imports.views.words import TONES, clock, listing, reason_words, span
from lists.fragments import answer, wanted_part
from people.access import may_view
from people.http import PortalRequest

STEP_OF = {
    RunState.UPLOADED: "imports:map",
    RunState.CHECKING: "imports:check",
    RunState.CHECKED: "imports:check",
}


@dataclass(frozen=True)
class Reason:
    """A line of "Skipped, and why"."""

    reason: str
    words: str
    count: int
    rows: str
    href: str


@may_view
@require_safe
def show(request: PortalRequest, run_id: int) -> HttpResponse:
    """Everything live about a run, from our own tables; ends its own polling."""
    query = asked(RunForm(request.GET))
    if wanted_part(request, ("run",)) and (seen := version_of(run_id)) and not seen.is_before:
        return _to_watcher(request, run_id, seen, query)
    found = find(run_id)
    if found is None:
        raise Http404
    if found.run.is_before_start:
        return redirect(STEP_OF[RunState(found.run.state)], run_id)
    chosen = query.get("chunk") or 0
    progress = progress_of(found.run, found.around, number=chosen)
    look = Look(run_id, may_operate(request), chosen, query.get("was", ""))
    pause = float(progress.poll_seconds)
    context = _context(progress, look, _token(found.version, look), pause)
    context |= {
        "grid": grid_of(progress.squares, list_of(progress.squares, chosen, focus=True)),
        "asks_cancel": query.get("ask") == "cancel",
        "has_record": True,
    }
    return answer(request, "imports/run.html", context, parts=("run",))


def mark(progress: Progress) -> str:
    """Tells two looks at a run apart by what changes rarely: its state and its skips."""
    return f"{progress.run.state}.{progress.rows.skipped}{naming.mark_of(progress)}"


def _to_watcher(
    request: PortalRequest, run_id: int, seen: Version, query: dict[str, Any]
) -> HttpResponse:
    """What changed since the page asked last; 204 if nothing did."""
    chosen = query.get("chunk") or 0
    look = Look(run_id, may_operate(request), chosen, query.get("was", ""))
    pause = crowd.pause(run_id, seen.pause)
    token, had = _token(seen, look), query.get("v", "")
    if had == token and seen.number:
        return unchanged(seen.beat_at, pause)
    part = parts.get(look, token, pause / 2, lambda: _part(look, token, pause))
    return part.answer(int(had.split(".")[0]) if had else 0, query.get("n"))


def _token(seen: Version, look: Look) -> str:
    """A version of the page as this role sees it."""
    return f"{seen.token}.{'o' if look.operates else 'v'}"


def _part(look: Look, token: str, pause: float) -> Part:
    """Render what watchers share: nothing of a request is known in here."""
    found = find(look.run_id)
    if found is None:
        raise Http404
    progress = progress_of(found.run, found.around, number=look.chosen)
    context = _context(progress, look, token, pause)
    context["grid"] = grid_of(progress.squares, KEPT)
    html = render_to_string("imports/run.html#run", context)
    return Part(html, progress.squares, look.chosen, context["skipped_is_new"])


def _context(progress: Progress, look: Look, token: str, pause: float) -> dict[str, Any]:
    run, operates = progress.run, look.operates
    failed = failed_calls(progress)
    can_decide = operates and (run.is_over or run.state == RunState.PAUSED)
    context = _live(progress) | {
        "failed_calls": failed,
        "polls": not run.is_over
        or any(call.is_looking for call in failed)
        or _is_naming(progress),
        "poll_url": _poll_url(progress, look, token),
        "pause": f"{pause:g}",
        "left_out": sentences.left_out(progress),
        "can_undo": operates and run.is_over and progress.rows.still_in > 0,
        "steps": steps.steps_of(run, steps.RUN, may_operate=operates),
        "skipped_is_new": look.was != mark(progress),
        "call": call_of(progress.chosen) if progress.chosen else None,
        "may_operate": operates,
        "can_cancel": operates and run.state in {RunState.SENDING, RunState.PAUSED},
        "can_pause": operates and run.state == RunState.SENDING,
        "can_resume": operates and run.state == RunState.PAUSED,
        "send_again": sentences.send_again(progress) if operates and _can_retry(run) else "",
        "is_failure": run.state == RunState.FAILED,
        "must_decide": can_decide and any(call.is_unknown for call in failed),
        "was": look.was,
    }
    if context["skipped_is_new"]:
        context["reasons"] = _reasons(progress)
        context["naming"] = naming.naming_card(progress)
    return context


def _is_naming(progress: Progress) -> bool:
    return progress.rows.unnamed > 0 and progress.naming.is_at_work


def _poll_url(progress: Progress, look: Look, token: str) -> str:
    query: dict[str, str | int] = {"was": mark(progress), "v": token}
    query["n"] = len(progress.squares)
    if look.chosen:
        query["chunk"] = look.chosen
    return f"{progress.run.get_absolute_url()}?{urlencode(query)}"


def _live(progress: Progress) -> dict[str, Any]:
    run = progress.run
    return {
        "run": run,
        "progress": progress,
        "tone": TONES.get(run.state, ""),
        "segments": _segments(progress),
        "end": _end(progress),
        "pace": sentences.pace(progress),
        "notices": sentences.notices_of(progress),
        "standing": sentences.standing(run),
        "ending": sentences.ending(progress) if run.is_over else "",
        "next_step": sentences.next_step(progress) if run.is_over else "",
        "end_tone": sentences.end_tone(run) if run.is_over else "",
        "stands_still": sentences.stands_still(progress),
        "shows_beat": run.state in WORKING,
        "enriched": progress.enrichment,
        "unhappy": progress.unhappy,
        "summary": cards.receipt(progress),
        "canary": canary_card.card_of(progress),
    }


def _segments(progress: Progress) -> list[Segment]:
    rows = progress.rows
    # While it sends, a call on its way is simply one of those to go.
    asked = 0 if progress.run.state == RunState.SENDING else rows.asked
    always = [Segment("imported", rows.still_in, "good")]
    rarely = [
        Segment("undone", rows.undone),
        Segment("skipped", rows.skipped, "warn"),
        Segment("failed", rows.failed, "bad"),
        Segment("outcome unknown", rows.unknown, "unknown"),
        Segment("not sent", rows.not_sent),
        Segment("blank", rows.blank),
        Segment("no answer yet", asked, "unknown"),
        Segment("to go", rows.to_go - asked),
    ]
    return stacked([*always, *(part for part in rarely if part.value)], rows.inside)


def _end(progress: Progress) -> dict[str, str]:
    """The clock on the right of the bar."""
    run = progress.run
    if run.ended_at and run.started_at:
        return {
            "value": clock(run.ended_at),
            "label": f"took {span(run.ended_at - run.started_at)}",
        }
    if progress.done_at is None or sentences.stands_still(progress):
        return {}
    left = max(progress.done_at - timezone.now(), timedelta(seconds=1))
    return {"value": clock(progress.done_at), "label": f"sent, in about {span(left)}"}


def _can_retry(run: Run) -> bool:
    """Once it is over, or when its test batch failed and may go again before the rest."""
    failed = run.state == RunState.PAUSED and run.pause_reason == PauseReason.CANARY_FAILED
    return failed or (run.is_over and not run.pruned_at)


def _reasons(progress: Progress) -> list[Reason]:
    run = progress.run
    samples = problems.sample_rows(run)
    each = sorted(progress.skip_reasons.items(), key=lambda pair: -pair[1])
    return [_reason(run, reason, n, samples.get(reason, [])) for reason, n in each if n]


def _reason(run: Run, reason: str, number: int, rows: list[int]) -> Reason:
    words = f"row {listing(rows)}" if len(rows) == 1 else f"rows {listing(rows)}"
    if number > len(rows):
        words = f"rows {', '.join(f'{row:,}' for row in rows)} …" if rows else ""
    href = f"{reverse('imports:check', args=[run.pk])}?reason={reason}"
    return Reason(reason, reason_words(reason), number, words if rows else "", href)
