"""One way to write for a worker, and none without the turn."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import get_type_hints

import pytest

from imports import services
from imports.models import Chunk, FoundLead, ReadBack, ReadBackState, Run, RunState
from imports.models.chunks import ChunkChanges
from imports.models.read_backs import FoundChanges, ReadBackChanges
from imports.models.runs import RunChanges
from imports.services.turns import take_turn
from imports.services.writing import TurnLost
from tests.imports.pages import made_run, with_chunks

SENDING = frozenset({RunState.SENDING})


@pytest.fixture
def run(db, alice):
    return with_chunks(made_run(alice, RunState.SENDING), "ready", "ready")


def test_it_writes_what_the_turn_is_held_on(run):
    with take_turn(run.pk) as turn, turn.writing() as write:
        write.run(waiting_for="the weather")
    run.refresh_from_db()
    assert run.waiting_for == "the weather"


def test_it_writes_nothing_once_another_has_the_turn(run):
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        with pytest.raises(TurnLost), turn.writing() as write:
            write.chunks(Chunk.objects.filter(run=run), problem="mine of old")
    assert set(Chunk.objects.values_list("problem", flat=True)) == {""}


def test_the_loser_of_a_turn_knows_at_its_next_write(run):
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        with pytest.raises(TurnLost), turn.writing():
            pass
        assert turn.lost.is_set()


def test_the_block_of_a_turn_ends_where_it_was_lost(run):
    done = []
    with take_turn(run.pk) as turn:
        Run.objects.update(turn_token="another")
        with turn.writing():
            done.append("wrote")
        done.append("went on")
    assert done == []


def test_it_keeps_nothing_of_a_transaction_that_breaks_off(run):
    broken = pytest.raises(ZeroDivisionError)
    with take_turn(run.pk) as turn, broken, turn.writing() as write:
        write.run(waiting_for="the weather")
        raise ZeroDivisionError
    run.refresh_from_db()
    assert run.waiting_for == ""


def test_it_can_not_be_kept_for_later(run):
    with take_turn(run.pk) as turn:
        with turn.writing() as write:
            pass
        with pytest.raises(RuntimeError, match="over"):
            write.run(waiting_for="the weather")
        with pytest.raises(RuntimeError, match="over"):
            write.delete(Chunk.objects.filter(run=run))


def test_it_changes_no_other_kind_of_row_that_has_the_same_number(run):
    with take_turn(run.pk) as turn, pytest.raises(TurnLost), turn.writing() as write:
        write.read_back(waiting_for="the weather")


def test_it_moves_no_other_run_that_is_there(run, alice):
    other = made_run(alice, RunState.SENDING)
    with take_turn(run.pk) as turn, turn.writing() as write:
        write.move(SENDING, RunState.SETTLING)
    assert Run.objects.get(pk=other.pk).state == RunState.SENDING


def test_it_moves_a_look_back_only_from_where_it_is(run):
    looks = [
        ReadBack.objects.create(run=run, purpose="evidence", state=state)
        for state in (ReadBackState.READING, ReadBackState.READING, ReadBackState.STOPPED)
    ]
    with take_turn(looks[0].pk, ReadBack) as turn, turn.writing() as write:
        assert not write.move_read_back({ReadBackState.STOPPED}, leads_read=7)
        assert write.move_read_back({ReadBackState.READING}, leads_read=8)
    assert list(ReadBack.objects.order_by("pk").values_list("leads_read", flat=True)) == [
        8,
        0,
        0,
    ]


def test_it_moves_a_run_only_from_where_it_is(run):
    with take_turn(run.pk) as turn, turn.writing() as write:
        assert not write.move({RunState.PAUSED}, RunState.SETTLING)
        assert write.move(SENDING, RunState.SETTLING)


def test_it_changes_a_chunk_in_the_database_and_in_hand(run):
    chunk = Chunk.objects.first()
    with take_turn(run.pk) as turn, turn.writing() as write:
        write.chunk(chunk, problem="Too wide.")
    assert chunk.problem == Chunk.objects.get(pk=chunk.pk).problem == "Too wide."


@pytest.mark.parametrize(
    "changes, model",
    [
        (RunChanges, Run),
        (ChunkChanges, Chunk),
        (ReadBackChanges, ReadBack),
        (FoundChanges, FoundLead),
    ],
)
def test_its_types_name_columns(changes, model):
    columns = {field.name for field in model._meta.get_fields()}
    assert set(get_type_hints(changes)) <= columns


# --- No other way ----------------------------------------------------------------

WRITES = {
    "bulk_create",
    "bulk_update",
    "change",
    "create",
    "delete",
    "get_or_create",
    "move",
    "save",
    "update",
    "update_or_create",
    "write",
}
# The moves of persons, each under a condition of its own; the turn itself; and the pruning,
# which takes only what is over. Everything else that a service writes, a worker writes.
WITHOUT_A_TURN = {
    "checking.start_check",
    "earlier.compare_again",
    "mapping",
    "read_backs",
    "retention",
    "retrying",
    "starting",
    "turns",
    "uploads",
    "writing",
}
ROOM = Path(services.__file__).parent


def writes_in(source: str, module: str) -> Iterator[str]:
    """Calls that write, but not in a turn, as `module.function:line`."""
    for function in ast.parse(source).body:
        name = f"{module}.{getattr(function, 'name', '')}"
        for node in ast.walk(function):
            match node:
                case ast.Call(func=ast.Attribute(attr=verb, value=by)) if verb in WRITES:
                    if ast.unparse(by) != "write":
                        yield f"{name}:{node.lineno}"


def unasked(source: str, module: str) -> list[str]:
    found = [] if module in WITHOUT_A_TURN else writes_in(source, module)
    return [place for place in found if place.split(":")[0] not in WITHOUT_A_TURN]


def test_no_worker_writes_past_its_turn():
    modules = sorted(ROOM.glob("*.py"))
    assert [place for path in modules for place in unasked(path.read_text(), path.stem)] == []


@pytest.mark.parametrize(
    "line",
    [
        'Chunk.objects.of_plan(run).update(state="ready")',
        "chunk.save()",
        "Run.objects.move(run.pk, a, b)",
        "Run.objects.filter(turn_token=turn.token).update(problem=problem)",
        "[row.delete() for row in rows]",
    ],
)
def test_the_guard_sees_a_write_past_the_turn(line):
    assert unasked(f"def step(run):\n    if run:\n        {line}", "settling") == [
        "settling.step:3"
    ]


def test_the_guard_lets_a_write_in_the_turn_be():
    step = "def step(turn):\n    with turn.writing() as write:\n        write.move(a, b)"
    assert unasked(step, "settling") == []
