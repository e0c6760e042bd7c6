"""The last step: the import under way, and its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe
from django_htmx.http import trigger_client_event

from imports.forms.run import RunForm, asked
from imports.models import PauseReason, Run, RunState
from imports.models.runs import WORKING
from imports.services import problems
from imports.services.calls import call_of
from imports.services.progress import Progress, progress_of
from imports.views import canary_card, cards, sentences, steps
from imports.views.access import get_run, may_operate
from imports.views.bars import Segment, stacked
from imports.views.failed_calls import failed_calls
from imports.views.grid import grid_of
from imports.views.record import record_of
from imports.views.words import TONES, clock, listing, reason_words, span
from lists.fragments import answer
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
    run = get_run(run_id)
    if run.is_before_start:
        return redirect(STEP_OF[RunState(run.state)], run.pk)
    query = asked(RunForm(request.GET))
    progress = progress_of(run)
    chosen = query.get("chunk") or 0
    operates = may_operate(request)
    failed = failed_calls(progress)
    context = _live(progress, chosen, is_fresh=not request.htmx) | {
        "failed_calls": failed,
        "polls": not run.is_over or any(call.is_looking for call in failed),
        "left_out": progress.rows.skipped + (0 if run.pruned_at else _unsent(progress)),
        "can_undo": operates and run.is_over and progress.rows.still_in > 0,
        "steps": steps.steps_of(run, steps.RUN, may_operate=operates),
        "skipped_is_new": query.get("was", "") != mark(progress),
        "call": call_of(run, chosen) if chosen else None,
        "may_operate": operates,
        "can_cancel": operates and run.state in {RunState.SENDING, RunState.PAUSED},
        "can_pause": operates and run.state == RunState.SENDING,
        "can_resume": operates and run.state == RunState.PAUSED,
        "can_retry": operates and _can_retry(run) and _unsent(progress),
        "can_decide": operates and (run.is_over or run.state == RunState.PAUSED),
        "asks_cancel": query.get("ask") == "cancel",
        "was": query.get("was", ""),
    }
    if context["skipped_is_new"]:
        context["reasons"] = _reasons(progress)
    if not request.htmx:
        context["record"] = record_of(run, len(progress.squares))
    response = answer(request, "imports/run.html", context, parts=("run",))
    if request.htmx and context["skipped_is_new"]:
        trigger_client_event(response, "frame")
    return response


def mark(progress: Progress) -> str:
    """Tells two looks at a run apart by what changes rarely: its state and its skips."""
    return f"{progress.run.state}.{progress.rows.skipped}"


def _live(progress: Progress, chosen: int, *, is_fresh: bool) -> dict[str, Any]:
    run = progress.run
    poll = f"?was={mark(progress)}" + (f"&chunk={chosen}" if chosen else "")
    return {
        "run": run,
        "progress": progress,
        "tone": TONES.get(run.state, ""),
        "poll_url": run.get_absolute_url() + poll,
        "segments": _segments(progress),
        "end": _end(progress),
        "grid": grid_of(progress.squares, chosen, focus=is_fresh),
        "pace": sentences.pace(progress),
        "notices": sentences.notices_of(progress),
        "standing": sentences.standing(run),
        "ending": sentences.ending(progress) if run.is_over else "",
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
    always = [Segment("imported", rows.still_in, "good")]
    rarely = [
        Segment("undone", rows.undone),
        Segment("skipped", rows.skipped, "warn"),
        Segment("failed", rows.failed, "bad"),
        Segment("outcome unknown", rows.unknown, "unknown"),
        Segment("not sent", rows.not_sent),
        Segment("blank", rows.blank),
        Segment("to go", rows.to_go),
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
    """Once it is over, or when its canary failed and may go again before the rest."""
    failed = run.state == RunState.PAUSED and run.pause_reason == PauseReason.CANARY_FAILED
    return failed or (run.is_over and not run.pruned_at)


def _unsent(progress: Progress) -> int:
    """Rows proven not to be in the list; those of unknown calls may be."""
    unsent = {"failed", "not_sent"}
    return sum(square.rows for square in progress.squares if square.shape in unsent)


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
