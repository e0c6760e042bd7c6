"""What a call brought, held against what a person has seen of the canary.

Each later call is judged once by its skips, when it is answered, and once by its finds,
when its enrichment is over. The rule is in docs/import-lifecycle.md, "Test batch".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Q

from cleanlist_api.prices import PER_LEAD
from connections import services as connections
from imports.core.figures import Share, is_out_of_range
from imports.models import Chunk, ChunkState, PauseReason, Run, RunState
from imports.models.chunks import ChunkChanges, ChunkQuerySet
from imports.services import telling
from imports.services.turns import Turn
from imports.services.writing import Writing
from web.words import count

SKIPS, EMAILS, PHONES, CHARGE = "skips", "emails", "phones", "charge"
# What each figure counts, for the middle of a sentence; its finds, for the enrichments.
WORDS = {
    SKIPS: "{part:,.0f} of {rows} were skipped",
    EMAILS: "e-mails were found for {part:,.0f} of {leads}",
    PHONES: "phones were found for {part:,.0f} of {leads}",
    CHARGE: "{value:.0%} of the most its {leads} may cost was charged",
}
NOT_ASKED_FOR = {"partial": PHONES, "phone_only": EMAILS}
SENDING = frozenset({RunState.SENDING})

Figures = dict[str, Share]


def skips_of(chunk: Chunk) -> Figures:
    """Rows skipped of those sent. None of a chunk that a person decided on: nobody counted,
    and it keeps the problem it had."""
    if chunk.state != ChunkState.DONE or chunk.problem:
        return {}
    return {SKIPS: Share(chunk.rows_skipped, chunk.rows)}


def finds_of(chunk: Chunk) -> Figures:
    """E-mails and phones by lead, and the share of the most that was charged, once the
    enrichment is over; none of one that the API lost, or that nobody asked for."""
    flow, leads = chunk.workflow, chunk.rows_imported
    if flow is None or not flow.is_over or flow.problem or not leads:
        return {}
    if flow.enrichment_type not in PER_LEAD:
        return {}
    found = {EMAILS: Share(flow.emails_found, leads), PHONES: Share(flow.phones_found, leads)}
    found.pop(NOT_ASKED_FOR.get(flow.enrichment_type, ""), None)
    if flow.credits_charged is not None:
        price = PER_LEAD[flow.enrichment_type]
        found[CHARGE] = Share(flow.credits_charged / price, leads)
    return found


def shown(number: int, figures: Figures) -> dict[str, Any]:
    """An entry of `Run.figures_shown`."""
    return {
        "call": number,
        "figures": {name: [share.part, share.of] for name, share in figures.items()},
    }


def judge(run: Run, turn: Turn) -> bool:
    """Judge what came in since; True if the run paused, or was stopped meanwhile."""
    return any(_judge(run, chunk, turn) for chunk in _unjudged(run))


def note(run: Run, turn: Turn) -> None:
    """The same for a run that has nothing left to send: there is nothing to pause."""
    if run.canary:
        for chunk in _unjudged(run):
            with turn.writing() as write:
                _mark(write, chunk, _sentences(run, chunk, _strays(run, chunk)))


def pause(
    run: Run,
    write: Writing,
    reason: PauseReason,
    problem: str,
    entry: dict[str, Any],
    tell: Callable[[], None],
) -> bool:
    """Stand still with the figures `entry` on show, and `tell` in the same transaction;
    False if the run has left SENDING."""
    has_paused = write.move(
        SENDING,
        RunState.PAUSED,
        pause_reason=reason,
        problem=problem,
        problem_request_id="",
        waiting_for="",
        figures_shown=[*run.figures_shown, entry],
    )
    if has_paused:
        tell()
        connections.forget("credits")
    return has_paused


def _unjudged(run: Run) -> ChunkQuerySet:
    answered = Chunk.objects.of_plan(run).filter(is_canary=False, state=ChunkState.DONE)
    news = Q(skips_judged=False) | Q(finds_judged=False, workflow__ended_at__isnull=False)
    return answered.filter(news).select_related("workflow").order_by("number")


def _judge(run: Run, chunk: Chunk, turn: Turn) -> bool:
    """Mark the chunk as judged, in one transaction with the pause it may call for."""
    strays = _strays(run, chunk)
    words = _sentences(run, chunk, strays)
    with turn.writing() as write:
        if not _mark(write, chunk, words) or not strays:
            return False
        entry = shown(chunk.number, strays)
        tell = partial(telling.paused, run, PauseReason.OUT_OF_RANGE, words)
        if not pause(run, write, PauseReason.OUT_OF_RANGE, words, entry, tell):
            transaction.set_rollback(True)
    return True


def _strays(run: Run, chunk: Chunk) -> Figures:
    """The chunk's new figures that are unlike every one a person was shown."""
    new = {} if chunk.skips_judged else skips_of(chunk)
    new |= {} if chunk.finds_judged else finds_of(chunk)
    return {
        name: share for name, share in new.items() if is_out_of_range(share, _seen(run, name))
    }


def _seen(run: Run, name: str) -> list[Share]:
    entries: Iterable[dict[str, Any]] = run.figures_shown
    parts = (entry["figures"].get(name) for entry in entries)
    return [Share(*part) for part in parts if part]


def _mark(write: Writing, chunk: Chunk, words: str) -> bool:
    """Once only: a second judge of the same figures finds nothing to mark."""
    seen = {"skips_judged": chunk.skips_judged, "finds_judged": chunk.finds_judged}
    is_over = chunk.workflow is not None and chunk.workflow.is_over
    changes: ChunkChanges = {
        "skips_judged": True,
        "finds_judged": chunk.finds_judged or is_over,
    }
    if words:
        changes["out_of_range"] = f"{chunk.out_of_range} {words}".strip()
    return write.chunks(Chunk.objects.filter(pk=chunk.pk, **seen), **changes) == 1


def _sentences(run: Run, chunk: Chunk, strays: Figures) -> str:
    return " ".join(
        _sentence(chunk.number, name, share, _seen(run, name))
        for name, share in strays.items()
    )


def _sentence(number: int, name: str, share: Share, seen: list[Share]) -> str:
    """`Batch 17: 212 of 600 rows were skipped; the test batch said 0 to 3 %.`"""
    found = WORDS[name].format(
        part=share.part,
        value=share.value,
        rows=count(share.of, "row"),
        leads=count(share.of, "lead"),
    )
    ranges = [each.alarm_range for each in seen]
    said = [f"{100 * each.low:.0f} to {100 * each.high:.0f} %" for each in ranges]
    later = f", what was accepted since {' or '.join(said[1:])}" if said[1:] else ""
    return f"Batch {number:,}: {found}; the test batch said {said[0]}{later}."
