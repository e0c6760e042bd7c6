"""Every crash point of an import with a canary, and of the word that lets the rest go.

The canary's rows come from all over the file and go first; the rest waits for a person. Killed
anywhere, the import must ask for the word once, and nothing else may be in before.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chaos import points, tracing
from chaos.controls import Control
from chaos.invariants import Books, broken_promises
from chaos.person import Person
from chaos.place import Place
from chaos.points import CHUNK_ROWS, Points
from chaos.worker import Job, asked_for_the_word, go_on_with

# Two chunks give a row each to the canary: three calls.
CHUNKS, CANARY_ROWS = 2, 2
CALLS = CHUNKS + 1
PHASES = ("take in", "check", "canary", "word", *points.PHASES[2:])


class CanaryPoints(Points):
    """Trials of an import with a canary, a person beside it."""

    title = "the portal's, with a canary"

    def new_job(self, name: str) -> Job:
        return Job(name, CHUNKS * CHUNK_ROWS, self.place.folder, canary=True)

    def prepare(self, job: Job) -> None:
        self.person = Person(self.place)

    def attend(self, pid: int) -> int:
        return self.attend_next(pid)

    def attend_next(self, pid: int) -> int:
        return tracing.ended(pid, meanwhile=self.person.look)

    def phase(self) -> str:
        return phase_of(self.place)

    def broken(self, job: Job, ours: dict[str, Any], books: Books) -> list[str]:
        broken = broken_promises(job, CALLS, ours, books)
        words = self.person.rows_in
        if ours["asked"] != 1 or len(words) > 1:
            broken.append(f"the word was asked {ours['asked']} times, {len(words)} were given")
        if early := [rows - CANARY_ROWS for rows in words if rows != CANARY_ROWS]:
            broken.append(f"{early[0]:+} rows beside the canary's were in before the word")
        return broken


class WordPoints(CanaryPoints):
    """Trials of the word itself, given by the process that is killed; if it could not, the
    person says it again."""

    title = "the portal's, at the word"

    def prepare(self, job: Job) -> None:
        super().prepare(job)
        self.place.forked(lambda: asked_for_the_word(job))

    def attend(self, pid: int) -> int:
        return tracing.ended(pid)

    def work(self, job: Job, *, again: bool = False) -> dict[str, Any]:
        return super().work(job, again=True) if again else go_on_with(job)


def phase_of(place: Place) -> str:
    """Where the import stood when its worker was killed."""
    found = place.query("SELECT state, figures_shown FROM imports_run")
    if found and found[0][0] == "paused":
        return "word"
    if found == [("sending", "[]")]:
        return "canary"
    return points.phase_of(place)


def _trust_to_memory() -> None:
    """The word is known to the worker that asked for it, and to no other."""
    from imports.models import Run
    from imports.services import watching

    asked: set[int] = set()
    pause: Any = watching.pause

    def pause_and_remember(run: Any, *about: Any) -> Any:
        asked.add(run.pk)
        return pause(run, *about)

    watching.pause = pause_and_remember  # type: ignore[assignment]
    waits = property(lambda run: run.canary and run.pk not in asked)
    Run.waits_for_canary = waits  # type: ignore[method-assign, assignment]


def _send_meanwhile() -> None:
    """The rest goes while the canary is enriched."""
    from imports.models.chunks import OPEN, ChunkQuerySet
    from imports.services import canary

    step: Callable[..., float | None] = canary.step

    def step_on(run: Any, turn: Any) -> float | None:
        wait = step(run, turn)
        return None if wait == canary.AWAITED else wait

    def open_to(chunks: ChunkQuerySet, run: Any) -> ChunkQuerySet:
        return chunks.of_plan(run).filter(state__in=OPEN).order_by("-is_canary")

    canary.step = step_on
    ChunkQuerySet.open_to = open_to  # type: ignore[method-assign, assignment]


def _asks_twice(broken: list[str]) -> bool:
    return any("word was asked 2" in sentence for sentence in broken)


def _sends_early(broken: list[str]) -> bool:
    early = ("before the word", "word was asked 0")
    return any(words in sentence for sentence in broken for words in early)


IN_MEMORY = Control(
    "the word kept in memory", _trust_to_memory, _asks_twice, "recvfrom", is_late=True
)
MEANWHILE = Control("the rest sent meanwhile", _send_meanwhile, _sends_early, "recvfrom")
CONTROLS = (IN_MEMORY, MEANWHILE)
