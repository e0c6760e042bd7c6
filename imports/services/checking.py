"""The third step: the whole file judged, in the background, into chunks and problem rows."""

from __future__ import annotations

import time
import uuid
from typing import Any, BinaryIO

from django.conf import settings
from django.utils import timezone

from imports.core.check import CheckSums, SkippedRow, VanishedColumn
from imports.core.check import check as check_table
from imports.core.outcomes import UnreadableFile
from imports.core.plan import Caps, PlannedChunk
from imports.core.rows import LeftOut
from imports.core.table import Row
from imports.models import Again, Chunk, ChunkBody, ProblemRow, ProblemSource, Run, RunState
from imports.services import earlier, mapping, splitting
from imports.services.earlier import EarlierImports
from imports.services.pieces import pieces
from imports.services.storage import stored_path
from imports.services.turns import Turn, take_turn

CHECKABLE = frozenset({RunState.UPLOADED, RunState.CHECKED})
CHECKING = frozenset({RunState.CHECKING})
BATCH = 1_000
TELL_SECONDS = 0.5
# A cell of a skipped row is kept in full up to this, for the problem file.
LONGEST_CELL = 10_000
TOO_LONG = (
    "The check was stopped: the file cost {seconds:,.0f} seconds of computing and was not "
    "through. Split it into smaller files, or ask whoever runs the portal to raise "
    "CHECK_SECONDS."
)


class _Overtaken(Exception):
    """The person went back."""


class _TooLong(Exception):
    """The check has had all the processor time a check may have."""


def start_check(run: Run, again: Again | None = None) -> bool:
    """Ask a worker to judge the whole file; True if this call asked. `again`: which rows go
    although an earlier import has brought them; None leaves that as it is.

    Raises BadMapping if the mapping can't be used.
    """
    mapping.check_mapping(run, run.mapping)
    fresh = {"plan": "", "checked_share": 0.0, "problem": "", "wake_at": timezone.now()}
    if again is not None:
        fresh["again"] = again
    return Run.objects.move(run.pk, CHECKABLE, RunState.CHECKING, **fresh)


def check(run_id: int) -> None:
    """Judge the file of a run in state `checking` and store the plan.

    Everything is written under a fresh plan id that counts only once the run's state
    turns to `checked`; what an interrupted check left is removed by the next.
    """
    with take_turn(run_id) as turn:
        if turn is None:
            return
        run = Run.objects.get(pk=run_id)
        if run.state == RunState.CHECKING:
            _check(run, turn)


def _check(run: Run, turn: Turn) -> None:
    _forget_plans(run, turn)
    plan = _PlanWriter(run, turn)
    # Before the comparison: what another import does meanwhile is asked again at the start.
    mark = earlier.mark_of(run)
    others = earlier.EarlierImports(run)
    try:
        found = _judge(run, plan, others)
    except UnreadableFile as problem:
        _refuse(plan, problem.sentence)
    except VanishedColumn:
        _refuse(plan, "A column you mapped is not in the file any more. Map it again.")
    except FileNotFoundError:
        _refuse(plan, "The uploaded file is gone from the portal's disk. Upload it again.")
    except _TooLong:
        _refuse(plan, TOO_LONG.format(seconds=settings.CHECK_SECONDS))
    except _Overtaken:
        return
    else:
        _keep(plan, found, earlier.as_json(run, others.known), mark)


def _judge(run: Run, plan: _PlanWriter, others: EarlierImports) -> CheckSums:
    with stored_path(run).open("rb") as file:
        found = check_table(
            file,
            mapping.dialect_of(run),
            run.mapping,
            Caps(settings.CHUNK_MAX_ROWS, settings.CHUNK_MAX_BYTES),
            on_skip=plan.add_skip,
            on_chunk=plan.add_chunk,
            on_left_out=plan.note_left_out,
            on_progress=lambda _rows: plan.tell(file),
            earlier=None if others.is_empty else others,
        )
    plan.flush()
    return found


def _keep(plan: _PlanWriter, found: CheckSums, known: dict[str, Any], mark: str) -> None:
    with plan.turn.writing() as write:
        write.move(
            CHECKING,
            RunState.CHECKED,
            plan=plan.name,
            checked_share=1.0,
            rows_in=found.rows_in,
            rows_blank=found.blank,
            rows_ready=found.ready,
            rows_skipped=found.skipped,
            skip_reasons={reason.value: rows for reason, rows in found.skip_reasons.items()},
            left_out=plan.left_out,
            given=dict(found.given),
            calls_apart={kind: list(calls) for kind, calls in found.calls_apart.items()},
            known=known,
            earlier_mark=mark,
            calls_planned=found.chunks,
            wake_at=None,
        )


def _refuse(plan: _PlanWriter, problem: str) -> None:
    """The file can't be read as described: back to mapping, with the reason."""
    with plan.turn.writing() as write:
        write.move(CHECKING, RunState.UPLOADED, problem=problem, wake_at=None)


def _forget_plans(run: Run, turn: Turn) -> None:
    for rows in pieces(ProblemRow.objects.filter(run=run)):
        with turn.writing() as write:
            write.delete(rows)
    for chunks in pieces(Chunk.objects.filter(run=run)):
        with turn.writing() as write:
            write.delete(chunks)


class _PlanWriter:
    """Writes the plan of one check in batches, and shows how far it is."""

    def __init__(self, run: Run, turn: Turn) -> None:
        self.run, self.turn, self.name = run, turn, uuid.uuid4().hex
        self.skips: list[ProblemRow] = []
        self.chunks: list[tuple[Chunk, ChunkBody]] = []
        self.left_out: dict[str, dict[str, Any]] = {}
        self.told_at = time.monotonic()
        self.began_at = time.thread_time()

    def add_skip(self, skipped: SkippedRow) -> None:
        self.skips.append(_problem_row(self.run, self.name, skipped))
        if len(self.skips) >= BATCH:
            self.flush()

    def note_left_out(self, row: Row, value: LeftOut) -> None:
        noted = self.left_out.setdefault(value.field, {"rows": 0, "samples": []})
        noted["rows"] += 1
        if len(noted["samples"]) < mapping.SAMPLES:
            noted["samples"].append([row.number, value.value[:200]])

    def add_chunk(self, planned: PlannedChunk) -> None:
        self.chunks.append(splitting.planned_chunk(self.run, self.name, planned))
        if len(self.chunks) >= 20:
            self.flush()

    def tell(self, file: BinaryIO) -> None:
        """Say now and then how much of `file` is read; raise if the check must stop.

        It must if it is no longer wanted, or has cost CHECK_SECONDS of processor time.
        """
        if time.monotonic() - self.told_at < TELL_SECONDS:
            return
        self.told_at = time.monotonic()
        if time.thread_time() - self.began_at > settings.CHECK_SECONDS:
            raise _TooLong
        share = file.tell() / max(self.run.file_size, 1)
        with self.turn.writing() as write:
            if not write.move(CHECKING, RunState.CHECKING, checked_share=share):
                raise _Overtaken

    def flush(self) -> None:
        with self.turn.writing() as write:
            write.add(self.skips)
            write.add([chunk for chunk, _ in self.chunks])
            write.add([body for _, body in self.chunks])
        self.skips, self.chunks = [], []


def _problem_row(run: Run, plan: str, skipped: SkippedRow) -> ProblemRow:
    cells = [cell[:LONGEST_CELL] for cell in skipped.cells]
    return ProblemRow(
        run=run,
        plan=plan,
        source=ProblemSource.CHECK,
        row=skipped.number,
        reason=skipped.reason,
        field=skipped.field,
        value=skipped.value[:200],
        first_row=skipped.first_row,
        cells=cells,
        search_text=" ".join(cells).lower()[:2000],
    )
