"""A portal in use: lists, leads, people, notices, a trail, and an import in each state."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from cleanlist_api.records import Balance, Lead, ListSummary, Whoami
from connections import services as connections
from connections.readings import read
from enrichment.models import EnrichmentType, Workflow
from imports.models import (
    Before,
    Chunk,
    ChunkState,
    FoundLead,
    KeepReason,
    PauseReason,
    Purpose,
    ReadBack,
    ReadBackState,
    Run,
    RunState,
)
from imports.models.read_backs import AT_WORK
from jobs.models import WorkerBeat
from lists import known
from lists import services as lists
from lists.models import KnownList
from lists.paging import Block
from people import audit, notices
from people.models import NoticeKind, Person
from tests.cast import PASSWORD
from tests.imports.pages import made_run, with_chunks, with_problem

LIST = "list-1"
STARTED = [
    state
    for state in RunState
    if state not in {RunState.UPLOADED, RunState.CHECKING, RunState.CHECKED}
]
# Chunks of a run under way besides those that are done.
OUT = {RunState.SENDING: [ChunkState.READY, ChunkState.SENDING]}
SHOWN = [{"call": 1, "figures": {"skips": [2, 600], "emails": [500, 598], "charge": [1, 2]}}]


def fill(owner: Person, many: int) -> None:
    """Fill the portal; `many` of whatever a page shows rows of."""
    now = timezone.now()
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "none.table").write_text("First name,Email\nAnn,ann@example.com\n")
    WorkerBeat.objects.create(worker_id="w", host="h", pid=1, started_at=now, beat_at=now)
    _fill_people(many)
    _fill_lists(owner, many)
    for state in RunState:
        _fill_run(owner, state, many)
    _fill_odd_runs(owner, many)
    _tell_everybody(owner, many)


def _fill_people(many: int) -> None:
    for number in range(many):
        Person.objects.create_user(f"person-{number}", f"p{number}@example.com", PASSWORD)


def _fill_lists(owner: Person, many: int) -> None:
    summaries, leads = [], []
    for number in range(1, many + 1):
        facts = {"name": f"Spring {number}", "lead_count": 7, "folder_id": f"folder-{number}"}
        list_id, at = f"list-{number}", timezone.now()
        summaries.append(ListSummary(list_id, created_at=at, visibility="org", **facts))
        KnownList.objects.create(
            list_id=list_id, folded_name=f"spring {number}", detail_at=at, **facts
        )
        leads.append(Lead(f"lead-{number}", email=f"ann{number}@example.com"))
        lists.visit(owner, list_id)
    known.remember_total(many)
    read(*connections.WHOAMI, lambda _: Whoami("org-1", "Northwind"))
    read(*connections.CREDITS, lambda _: Balance("org-1", 5_000.0))
    for folder in ("", "folder-1"):
        block = Block(summaries, many, None)
        read(lists.LISTS, f"lists:{folder}:", lambda _, block=block: block)
    group = lists.leads_group(LIST)
    read(group, "page:", lambda _: lists.leads_block(leads, many, None))
    read(f"list:{LIST}", "detail", lambda _: LIST)


def _fill_run(owner: Person, state: RunState, many: int, **facts: object) -> Run:
    run = made_run(
        owner,
        state,
        list_id=LIST,
        enrichment_type=EnrichmentType.FULL,
        credits_most=5_000 * many,
        before=Before.NOTED,
        left_out={"phone": {"rows": many, "samples": [[3, "#NAME?"]]}},
        given={"email": many, "phone": many, "both": many},
        **facts,
    )
    if state in {RunState.UPLOADED, RunState.CHECKING}:
        return run
    if run.is_over:
        run.ended_at = run.sent_at = timezone.now()
    done = ChunkState.DONE if state in STARTED else ChunkState.READY
    with_chunks(run, *[done] * many, *OUT.get(state, ()))
    for row in range(many):
        with_problem(run, 10_000 + row, "missing_required", "Ann")
    if state in STARTED:
        _fill_enrichment(run)
    _record(owner, run, many)
    return run


def _fill_enrichment(run: Run) -> None:
    """Each chunk skipped rows that its reply does not name, and its enrichment went badly."""
    for chunk in Chunk.objects.filter(run=run, state=ChunkState.DONE):
        chunk.rows_imported, chunk.rows_skipped, chunk.rows_named = 598, 2, 1
        chunk.skip_reasons = {"duplicate": 2}
        chunk.answered_at = timezone.now()
        chunk.workflow = Workflow.objects.create(
            workflow_id=f"flow-{chunk.pk}",
            list_id=run.list_id,
            enrichment_type=run.enrichment_type,
            status="running" if run.state == RunState.SETTLING else "failed",
            ended_at=None if run.state == RunState.SETTLING else timezone.now(),
        )
        chunk.save()


def _record(owner: Person, run: Run, many: int) -> None:
    for _ in range(many):
        audit.record(owner, "paused an import", run)


def _fill_odd_runs(owner: Person, many: int) -> None:
    """What a state alone does not show."""
    canary = _fill_run(
        owner,
        RunState.PAUSED,
        many,
        canary=True,
        pause_reason=PauseReason.CANARY,
        figures_shown=SHOWN,
    )
    Chunk.objects.filter(run=canary, number=1).update(is_canary=True)
    _fill_doubt(_fill_run(owner, RunState.PAUSED, many, pause_reason=PauseReason.QUOTE), many)
    _fill_doubt(_fill_run(owner, RunState.FAILED, many), many)
    _fill_run(owner, RunState.FINISHED, many, pruned_at=timezone.now())
    for state in (ReadBackState.READ, ReadBackState.REMOVING, ReadBackState.FAILED):
        _fill_undo(_fill_run(owner, RunState.FINISHED, many), state, many)
    earlier = Run.objects.filter(state=RunState.FINISHED).values_list("pk", flat=True)[:many]
    by_run = {str(number): 1 for number in earlier}
    facts = {"same": many, "changed": many, "mark": "x", "runs": by_run}
    _fill_run(owner, RunState.CHECKED, many, known=facts)


def _fill_doubt(run: Run, many: int) -> None:
    """Calls that failed or whose outcome is unknown, with what the list shows of them."""
    for number in range(many):
        chunk = Chunk.objects.create(
            run=run, plan=run.plan, number=1_000 + number, rows=2, row_numbers="2-3",
            body_bytes=1, body_sha256="0" * 64, state=ChunkState.UNKNOWN,
        )  # fmt: skip
        look = _look(run, Purpose.EVIDENCE, ReadBackState.READ, chunk)
        _find(look, chunk, many, "")
    _look(run, Purpose.NAMES, ReadBackState.READ, None)


def _fill_undo(run: Run, state: ReadBackState, many: int) -> None:
    undo = _look(run, Purpose.UNDO, state, None)
    chunk = Chunk.objects.filter(run=run).first()
    _find(undo, chunk, many, "")
    _find(undo, chunk, many, KeepReason.ENRICHED)


def _look(run: Run, purpose: Purpose, state: ReadBackState, chunk: Chunk | None) -> ReadBack:
    return ReadBack.objects.create(
        run=run, purpose=purpose, state=state, chunk=chunk, read_at=timezone.now(),
        wake_at=timezone.now() + timedelta(hours=1) if state in AT_WORK else None,
    )  # fmt: skip


def _find(look: ReadBack, chunk: Chunk, many: int, reason: str) -> None:
    FoundLead.objects.bulk_create(
        FoundLead(
            read_back=look, look=1, chunk=chunk, row=row, reason=reason,
            lead_id=f"lead-{reason}-{row}", name=f"Ann {row}",
        )
        for row in range(2, 2 + many)
    )  # fmt: skip


def _tell_everybody(owner: Person, many: int) -> None:
    for person in Person.objects.all():
        for number in range(many):
            notices.tell(person, NoticeKind.DONE, f"k{number}", "Done: all is in", "/")
            audit.record(person, "signed out everywhere else", "portal")
