"""The end of a run: every chunk answered, every workflow settled, the sum proven."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from connections import services as connections
from enrichment import services as enrichment
from enrichment.models import Workflow, WorkflowQuerySet
from imports.models import Chunk, Run, RunState
from imports.models.runs import RunChanges
from imports.services import approved, naming, pausing, sums, telling, watching
from imports.services.turns import Turn
from lists import services as lists
from people import audit

LOOK_AGAIN = 2.0
BEFORE_SETTLING = frozenset({RunState.SENDING, RunState.CANCELLING})


def keep_back_the_rest(run: Run, turn: Turn) -> None:
    """A cancelled run sends nothing new; what is in flight is still answered for."""
    with turn.writing() as write:
        if write.move({RunState.CANCELLING}, RunState.CANCELLING):
            pausing.keep_back(write, run)


def all_sent(run: Run, turn: Turn) -> float:
    """No chunk is open any more: go on to wait for the enrichment, and have the rows named
    that the API skipped without a name."""
    with turn.writing() as write:
        now = timezone.now()
        if write.move(BEFORE_SETTLING, RunState.SETTLING, sent_at=now, waiting_for=""):
            naming.ask(run)
    return 0.0


def settle(run: Run, turn: Turn) -> float | None:
    """End the run once its workflows are over; until then look again now and then."""
    are_open = workflows_of(run).open().exists()
    watching.note(run, turn)
    if are_open:
        return LOOK_AGAIN
    finish(run, turn)
    return None


def workflows_of(run: Run) -> WorkflowQuerySet:
    return Workflow.objects.filter(chunk__run=run, chunk__plan=run.plan)


def finish(run: Run, turn: Turn) -> None:
    """Give the run the end that its rows tell; never a good one unless the sum holds."""
    rows = sums.rows_of(run)
    spent = enrichment.sums(workflows_of(run))
    unlike = approved.differences(run, _chunks(run), spent.charged)
    end = end_of(run, rows, is_as_approved=not unlike)
    over: RunChanges = {"ended_at": timezone.now(), "waiting_for": "", "wake_at": None}
    # Before the end is seen, so that whoever sees it reads what is true by then.
    connections.forget("credits")
    lists.forget_list(run.list_id)
    with turn.writing() as write:
        if not write.move({RunState.SETTLING}, end, **over):
            return
        audit.record(None, "ended an import", run, state=end.value)
        telling.ended(run, end, rows, spent, unlike)


def _chunks(run: Run) -> list[dict[str, Any]]:
    columns = ("number", "state", "enriches", "rows_imported", "workflow_id")
    return list(Chunk.objects.of_plan(run).values(*columns))


def end_of(run: Run, rows: sums.RowSums, *, is_as_approved: bool) -> RunState:
    if run.problem or rows.failed or rows.unknown or not rows.adds_up:
        return RunState.FAILED
    if run.cancelled_by_id and rows.not_sent:
        return RunState.CANCELLED
    if rows.not_sent:
        return RunState.FAILED
    if not is_as_approved:
        return RunState.NOT_AS_APPROVED
    return RunState.FINISHED_WITH_SKIPS if rows.skipped else RunState.FINISHED
